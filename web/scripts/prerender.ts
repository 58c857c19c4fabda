/**
 * Writes each page's document, with the page already in it: what is read is there before the script is, and the files
 * that the page needs are asked for at once. Comes after `vite build`, of whose index.html and manifest it is made.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { build, type Manifest } from "vite";

import { PRERENDERED_STYLES } from "../src/lib/prerendered-styles.ts";

const BUILD = join(import.meta.dirname, "../../src/valence/server/static");
const MANIFEST = join(BUILD, ".vite/manifest.json");
/** What every page is written in; other alphabets and italics come where they occur. */
const FIRST_FONTS = /(instrument-sans|newsreader)-latin-wght-normal/;
const NONCE = "__CSP_NONCE__"; // for which the server puts each copy's own

/** The feature folder of a document whose name differs: links to /many must keep working. */
const FEATURES: Readonly<Record<string, string>> = { many: "file" };

interface Prerendering {
  DOCUMENTS: Readonly<Record<string, string>>;
  prerender: (address: string, nonce: string) => Promise<string>;
}

/** The page's code, built for Node into `folder`, from which it loads its parts when they are needed. */
async function load(folder: string): Promise<Prerendering> {
  process.env["NODE_ENV"] = "production"; // by which React chooses its build
  await build({
    logLevel: "warn",
    ssr: { noExternal: true },
    build: { ssr: "src/prerender.tsx", outDir: folder, manifest: false, copyPublicDir: false },
  });
  return (await import(pathToFileURL(join(folder, "prerender.js")).href)) as Prerendering;
}

/** The elements that ask for a page's own files, the first fonts, and not the first script, which index.html has. */
function preloads(manifest: Manifest, name: string): string[] {
  const entry = manifest["index.html"];
  if (!entry) throw new Error(`${MANIFEST} has no index.html: did Vite change its form?`);
  // Else a browser asks for them once it has the styles, and the lines break anew when they come.
  const fonts = (entry.assets ?? []).filter((file) => FIRST_FONTS.test(file));
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const first = new Set([entry.file, ...(entry.imports ?? []).map((key) => manifest[key]?.file)]);
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (!chunk || first.has(chunk.file) || scripts.has(chunk.file)) return;
    scripts.add(chunk.file);
    chunk.css?.forEach((file) => styles.add(file));
    chunk.imports?.forEach(visit);
  };
  const feature = FEATURES[name] ?? name;
  visit(`src/features/${feature}/${feature}-page.tsx`); // nothing where it is part of the first script
  return [
    ...fonts.map((file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${file}">`),
    ...[...styles].map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
    ...[...scripts].map(
      (file) => `<link rel="modulepreload" fetchpriority="low" crossorigin href="/${file}">`,
    ),
  ];
}

/**
 * The page's policy lets no style attribute through that comes with the document. What they say goes into one <style>
 * element, and back to where it was when the script comes.
 */
function withoutStyleAttributes(page: string): { html: string; style: string } {
  const rules: string[] = [];
  const html = page.replace(/ style="([^"]*)"/g, (_, escaped: string) => {
    const rule = escaped.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&");
    if (!rules.includes(rule)) rules.push(rule);
    return ` data-built="${rules.indexOf(rule)}"`;
  });
  // Twice and under :root, since an attribute would come before a class.
  const style = rules.map((rule, i) => `:root [data-built="${i}"][data-built]{${rule}}`).join("");
  return { html, style: `<style id="${PRERENDERED_STYLES}" nonce="${NONCE}">${style}</style>` };
}

/** index.html with a page in it, which came with its title before it. */
function documentOf(shell: string, rendered: string, links: string[]): string {
  const [, title, page] = /^(<title>[^<]*<\/title>)(.*)$/s.exec(rendered) ?? [];
  if (!title || !page || page.includes("<script")) {
    throw new Error("A page came without its title, or with a script, which its policy would stop.");
  }
  const { html, style } = withoutStyleAttributes(page);
  const parts: [string, string][] = [
    ["<title>Valence</title>", title],
    ["</head>", `${[...links, style].map((element) => `  ${element}\n  `).join("")}</head>`],
    // After what is needed to read the page.
    ['<script type="module"', '<script type="module" fetchpriority="low"'],
    ['<div id="root"></div>', `<div id="root">${html}</div>`],
  ];
  return parts.reduce((whole, [part, by]) => {
    if (!whole.includes(part)) throw new Error(`index.html has no ${part}.`);
    return whole.replace(part, () => by);
  }, shell);
}

const folder = mkdtempSync(join(tmpdir(), "valence-prerender-"));
try {
  const { DOCUMENTS, prerender } = await load(folder);
  const manifest = JSON.parse(readFileSync(MANIFEST, "utf8")) as Manifest;
  const shell = readFileSync(join(BUILD, "index.html"), "utf8");
  for (const [name, address] of Object.entries(DOCUMENTS)) {
    const document = documentOf(shell, await prerender(address, NONCE), preloads(manifest, name));
    writeFileSync(join(BUILD, `${name}.html`), document);
  }
} finally {
  rmSync(folder, { recursive: true });
}
rmSync(join(BUILD, ".vite"), { recursive: true }); // nobody else asks
