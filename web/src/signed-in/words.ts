/** Figures in words. */
import type { Estimate, ExampleCounts, LabelExamples, VersionSummary } from "../api/generated";
import { count, counted, fixedPercent, percentRange, sentenceCase } from "../lib/format";

/** A label with fewer examples is hardly learnt. */
export const FEW_EXAMPLES = 8;
/** From this many labelled examples on, each label is followed by a fit. */
export const FIRST_FIT = 8;

/** "84 of 100". */
export const rightOf = ({ value }: Estimate, rows: number): string =>
  `${count(Math.round(value * rows))} of ${count(rows)}`;

/** "72 to 92%". */
export const between = ({ low, high }: Estimate): string => percentRange(low, high);

/** How the figures of a version were measured. */
export function testedOn({ tested_on: on, tested_rows: rows }: VersionSummary): string {
  if (on === "none") return "Not tested yet.";
  return on === "test"
    ? `Tested on ${counted(rows, "example")} that it never learns from.`
    : `Each of ${counted(rows, "example")} was judged by a classifier that hadn’t seen it, because there are few test examples.`;
}

export const totalOf = ({ train, test }: Pick<LabelExamples, "train" | "test">): number => train + test;

/** Why a label isn't learnt well; undefined if it has enough examples. */
export function warningOf(counts: LabelExamples): string | undefined {
  const total = totalOf(counts);
  if (total >= FEW_EXAMPLES) return undefined;
  return total === 0 ? "no examples" : `only ${counted(total, "example")}`;
}

/** What is missing before a fit makes sense; undefined if nothing is. */
export function missingForFit({ labels, ...counts }: ExampleCounts): string | undefined {
  const labelled = totalOf(counts);
  if (labelled < FIRST_FIT) {
    return `The first result comes with ${counted(FIRST_FIT, "labelled example")}. There ${labelled === 1 ? "is" : "are"} ${count(labelled)}.`;
  }
  const known = labels.filter((label) => label.train > 1).length;
  return known < 2 ? "At least two labels need two examples each to learn from." : undefined;
}

/** McNemar's p-value as a sentence. */
export function chanceWords(p: number | null): string {
  if (p === null) return "There are no test examples to compare them on.";
  if (p < 0.01) return "Chance alone would hardly ever differ this much.";
  if (p < 0.05)
    return `Chance alone would differ this much in ${oneIn(p)} comparisons: probably a real difference.`;
  return `Chance alone would often differ this much (in ${fixedPercent(p, 0)} of comparisons), so they may be equally good.`;
}

const oneIn = (p: number): string => `1 of ${count(Math.round(1 / p))}`;

const GOALS = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** The next goal for this number of labelled texts. */
export const goalOf = (labelled: number): number =>
  GOALS.find((goal) => goal > labelled) ?? Math.ceil((labelled + 1) / 10_000) * 10_000;

/** Labels as one text: of a multi-label classifier there may be several, or none. */
export const labelText = (labels: readonly string[] | null): string =>
  labels === null ? "not labelled" : labels.length === 0 ? "no label" : labels.join(", ");

/** What the figures say, without the words that the headline has already. */
export const withoutHeadline = (verdict: string): string =>
  sentenceCase(verdict.replace(/^Too few to know: /, ""));
