/** Fails if the first page exceeds its budget, in compressed kilobytes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILD = join(import.meta.dirname, "../../src/valence/server/static");
const BUDGET_KB = {
  scripts: 130,
  styles: 16,
  "largest script loaded later": 60,
};

const page = readFileSync(join(BUILD, "index.html"), "utf8");
const assets = readdirSync(join(BUILD, "assets")).filter((name) => /\.(js|css)$/.test(name));
const isFirst = (name: string) => page.includes(`/assets/${name}`);
const kilobytes = (name: string) =>
  gzipSync(readFileSync(join(BUILD, "assets", name)), { level: 9 }).length / 1000;
const sum = (names: string[]) => names.map(kilobytes).reduce((total, size) => total + size, 0);
const largest = (names: string[]) => Math.max(0, ...names.map(kilobytes));
const later = assets.filter((name) => !isFirst(name) && name.endsWith(".js"));

const measured = {
  scripts: sum(assets.filter((name) => isFirst(name) && name.endsWith(".js"))),
  styles: sum(assets.filter((name) => isFirst(name) && name.endsWith(".css"))),
  "largest script loaded later": largest(later),
};

if (measured.scripts === 0) throw new Error("The build has no first-page script. Run npm run build.");
for (const [what, budget] of Object.entries(BUDGET_KB)) {
  const size = measured[what as keyof typeof measured];
  console.log(`${what}: ${size.toFixed(1)} of ${budget} kB (gzip)`);
  if (size > budget) process.exitCode = 1;
}
