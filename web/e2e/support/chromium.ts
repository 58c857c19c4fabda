/**
 * A Chromium for the tests: the one that VALENCE_CHROMIUM names, else the machine's own, else the one inside an npm
 * package. The last needs no root and no system packages: the libraries that a bare machine lacks come with it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { inflate } from "@sparticuz/chromium";

export interface Chromium {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
}

const OWN_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PACKAGE = join(import.meta.dirname, "../../node_modules/@sparticuz/chromium");
const ARCHIVES = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/valence-chromium");
const ARGS = [
  "--no-sandbox", // tests run as root in containers
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

export async function findChromium(): Promise<Chromium> {
  const own = process.env["VALENCE_CHROMIUM"] ?? onPath();
  return own === undefined ? packaged() : { executablePath: own, args: ARGS, env: environment({}) };
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = OWN_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((path) => existsSync(path) && starts(path));
}

/** Some systems have a command of that name that only says how to install the browser. */
function starts(path: string): boolean {
  try {
    return /\d+\.\d+/.test(
      execFileSync(path, ["--version", "--no-sandbox"], { encoding: "utf8", timeout: 15_000 }),
    );
  } catch {
    return false;
  }
}

/** Unpacked once, beside node_modules' other caches; complete or absent, since a killed run must not spoil the next. */
async function packaged(): Promise<Chromium> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
  const home = join(CACHE, version);
  const executablePath = join(home, "chromium");
  if (!existsSync(executablePath)) await unpack(home); // also if a clean-up of large files took it
  return {
    executablePath,
    args: [...ARGS, "--no-zygote"],
    env: environment({
      HOME: home,
      FONTCONFIG_PATH: join(home, "fonts"),
      LD_LIBRARY_PATH: [join(home, "al2023", "lib"), process.env["LD_LIBRARY_PATH"] ?? ""]
        .filter(Boolean)
        .join(":"),
    }),
  };
}

async function unpack(home: string): Promise<void> {
  mkdirSync(dirname(home), { recursive: true });
  const unfinished = mkdtempSync(`${home}-`);
  const { TMPDIR } = process.env;
  process.env["TMPDIR"] = unfinished; // where the package unpacks to
  for (const name of ARCHIVES) await inflate(join(PACKAGE, "bin", name));
  if (TMPDIR === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = TMPDIR;
  // Its own list of font folders names the cloud's; without a single font, Chromium stops at the first form field.
  writeFileSync(
    join(unfinished, "fonts", "fonts.conf"),
    fontList(join(home, "fonts"), join(home, "fonts-cache")),
  );
  if (existsSync(join(home, "chromium"))) {
    rmSync(unfinished, { recursive: true }); // another run was faster
    return;
  }
  rmSync(home, { recursive: true, force: true });
  renameSync(unfinished, home);
}

function fontList(fonts: string, cache: string): string {
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><dir>/usr/share/fonts</dir><cachedir>${cache}</cachedir></fontconfig>`;
}

function environment(more: Record<string, string>): Record<string, string> {
  const own = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...Object.fromEntries(own), ...more };
}
