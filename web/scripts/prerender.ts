/**
 * Writes a prerendered document per page, with preload links for its files. Runs after `vite build` and uses its index.html
 * and manifest.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { build, type Manifest } from "vite";

import { PRERENDERED_STYLES } from "../src/lib/prerendered-styles.ts";

const BUILD = join(import.meta.dirname, "../../src/valence/server/static");
const MANIFEST = join(BUILD, ".vite/manifest.json");
/** The fonts of every page; other alphabets and italics load on demand. */
const FIRST_FONTS = /(instrument-sans|newsreader)-latin-wght-normal/;
const NONCE = "__CSP_NONCE__"; // replaced by the server in each response

/** The page of a document, in src/features; null if it is part of the first script. */
const PAGES: Readonly<Record<string, string | null>> = {
  index: null,
  many: "file/file-page",
  discussion: "queue/discussion/discussion-page",
  model: "model/model-page",
  developers: "developers/developers-page",
  queue: "queue/queue-page",
  train: "train/train-page",
  perspective: "perspective/perspective-page",
  "not-found": null,
};

interface Prerendering {
  DOCUMENTS: Readonly<Record<string, string>>;
  prerender: (address: string, nonce: string) => Promise<string>;
}

/** Builds the app for Node into `folder` and loads it. */
async function load(folder: string): Promise<Prerendering> {
  process.env["NODE_ENV"] = "production"; // selects React's production build
  await build({
    logLevel: "warn",
    ssr: { noExternal: true },
    build: { ssr: "src/prerender.tsx", outDir: folder, manifest: false, copyPublicDir: false },
  });
  return (await import(pathToFileURL(join(folder, "prerender.js")).href)) as Prerendering;
}

/** Preload links for a page's files and the first fonts; index.html already has the entry script. */
function preloads(manifest: Manifest, name: string): string[] {
  const entry = manifest["index.html"];
  if (!entry) throw new Error(`${MANIFEST} has no index.html. Has Vite's manifest format changed?`);
  // Otherwise the fonts load after the styles and cause a layout shift.
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
  const page = PAGES[name];
  if (page !== null) {
    const key = `src/features/${page}.tsx`;
    if (!manifest[key]) throw new Error(`The document ${name} has no page ${key}. Correct PAGES.`);
    visit(key);
  }
  return [
    ...fonts.map((file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${file}">`),
    ...[...styles].map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
    ...[...scripts].map(
      (file) => `<link rel="modulepreload" fetchpriority="low" crossorigin href="/${file}">`,
    ),
  ];
}

/**
 * The Content Security Policy blocks style attributes in a document, so they move to a <style> element. The script moves
 * them back.
 */
function withoutStyleAttributes(page: string): { html: string; style: string } {
  const rules: string[] = [];
  const html = page.replace(/ style="([^"]*)"/g, (_, escaped: string) => {
    const rule = escaped.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&");
    if (!rules.includes(rule)) rules.push(rule);
    return ` data-built="${rules.indexOf(rule)}"`;
  });
  // Doubled and under :root, for a higher specificity than a class.
  const style = rules.map((rule, i) => `:root [data-built="${i}"][data-built]{${rule}}`).join("");
  return { html, style: `<style id="${PRERENDERED_STYLES}" nonce="${NONCE}">${style}</style>` };
}

/** index.html with the rendered page and its title. */
function documentOf(shell: string, rendered: string, links: string[]): string {
  const [, title, page] = /^(<title>[^<]*<\/title>)(.*)$/s.exec(rendered) ?? [];
  if (!title || !page || page.includes("<script")) {
    throw new Error(
      "A rendered page has no title, or contains a script, which the Content Security Policy would block.",
    );
  }
  const { html, style } = withoutStyleAttributes(page);
  const parts: [string, string][] = [
    ["<title>Valence</title>", title],
    ["</head>", `${[...links, style].map((element) => `  ${element}\n  `).join("")}</head>`],
    // Below the priority of what is needed to read the page.
    ['<script type="module"', '<script type="module" fetchpriority="low"'],
    ['<div id="root"></div>', `<div id="root">${html}</div>`],
  ];
  return parts.reduce((html, [part, replacement]) => {
    if (!html.includes(part)) throw new Error(`index.html has no ${part}.`);
    return html.replace(part, () => replacement);
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
rmSync(join(BUILD, ".vite"), { recursive: true }); // not needed any more
