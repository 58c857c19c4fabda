/**
 * Runs Lighthouse on every page, as phone and desktop: production build, real server, real Chromium. Writes
 * docs/results/lighthouse.json, prints it, and fails if a score is below GOAL. `--rounds N` takes the median of N.
 */
import { renameSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import lighthouse, { desktopConfig, type Config, type Result } from "lighthouse";
import { chromium } from "playwright-core";

import { findChromium } from "../e2e/support/chromium.ts";
import { freePort, startServer } from "../e2e/support/server.ts";

const RESULTS = join(import.meta.dirname, "../../docs/results/lighthouse.json");
const GOAL = 95; // of 100
const PAGES = ["/", "/many", "/discussion", "/model", "/developers"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
/** Lighthouse's default is a slow phone on a slow mobile network. */
const DEVICES: Record<string, Config | undefined> = { phone: undefined, desktop: desktopConfig };

type Scores = Record<(typeof CATEGORIES)[number], number>;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds is "${values.rounds}"; give a whole number, 1 or more.`);

/** Scores from 0 to 100. */
function scoresOf({ categories }: Result): Scores {
  const score = (id: string) => Math.round((categories[id]?.score ?? 0) * 100);
  return Object.fromEntries(CATEGORIES.map((id) => [id, score(id)])) as Scores;
}

/** The failed audits by category. */
function faultsOf({ audits, categories }: Result): string[] {
  return CATEGORIES.flatMap((id) =>
    (categories[id]?.auditRefs ?? [])
      .filter(({ id: audit, weight }) => weight > 0 && (audits[audit]?.score ?? 1) < 0.9)
      .map(({ id: audit }) => `${id}: ${audits[audit]?.title} ${audits[audit]?.displayValue ?? ""}`.trim()),
  );
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const medians = (all: Scores[]): Scores =>
  Object.fromEntries(CATEGORIES.map((id) => [id, median(all.map((scores) => scores[id]))])) as Scores;

async function audit(url: string, port: number, config: Config | undefined): Promise<Result> {
  const run = await lighthouse(url, { port, onlyCategories: [...CATEGORIES], logLevel: "error" }, config);
  if (!run) throw new Error(`Lighthouse returned no result for ${url}.`);
  const { runtimeError } = run.lhr;
  if (runtimeError) throw new Error(`Lighthouse failed at ${url}: ${runtimeError.message}`);
  return run.lhr;
}

const server = await startServer();
const port = await freePort();
const { env, args, ...launch } = await findChromium();
const browser = await chromium.launch({ ...launch, env, args: [...args, `--remote-debugging-port=${port}`] });
try {
  const scores: Record<string, Record<string, Scores>> = {};
  let version = "";
  for (const [device, config] of Object.entries(DEVICES)) {
    for (const path of PAGES) {
      const results: Result[] = [];
      for (let i = 0; i < rounds; i += 1) results.push(await audit(`${server.url}${path}`, port, config));
      version = results[0]?.lighthouseVersion ?? "";
      const scoresOfPage = medians(results.map(scoresOf));
      scores[path] = { ...scores[path], [device]: scoresOfPage };
      console.log(device, path, ...CATEGORIES.map((id) => `${id} ${scoresOfPage[id]}`));
      if (Object.values(scoresOfPage).some((score) => score < GOAL)) {
        console.log([...new Set(results.flatMap(faultsOf))].map((fault) => `  ${fault}`).join("\n"));
        process.exitCode = 1;
      }
    }
  }
  const result = {
    what: `Lighthouse's scores, 0 to 100, of each page; the median of ${rounds}. The goal is ${GOAL}`,
    pages: scores,
    lighthouse: version,
    browser: `Chromium ${browser.version()}`,
    processor: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores`,
    load_average: Math.round(loadavg()[0] ?? 0), // other load on the machine
    command: "npm run lighthouse",
  };
  writeFileSync(`${RESULTS}.unfinished`, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(`${RESULTS}.unfinished`, RESULTS);
} finally {
  await browser.close();
  await server.stop();
}
