/** What measurements of the page have in common: their figures, and the file with their result. */
import { renameSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

import type { Browser } from "playwright-core";

const RESULTS = join(import.meta.dirname, "../../docs/results");

/** The value below which `share` of the sorted values are. */
const quantile = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);

/** Figures of durations in milliseconds. */
export function figuresOf(took: readonly number[]) {
  const sorted = took.toSorted((a, b) => a - b);
  return {
    median_ms: quantile(sorted, 0.5),
    p95_ms: quantile(sorted, 0.95),
    longest_ms: quantile(sorted, 1),
  };
}

/** Prints a result and writes it to docs/results, with what it was measured on. */
export function writeResult(name: string, found: object, browser: Browser, command: string): void {
  const result = {
    ...found,
    processor: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores`,
    load_average: Math.round(loadavg()[0] ?? 0), // other load on the machine
    browser: `Chromium ${browser.version()}`,
    command,
  };
  const file = join(RESULTS, name);
  writeFileSync(`${file}.unfinished`, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(`${file}.unfinished`, file);
  console.log(result);
}
