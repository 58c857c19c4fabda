import type { Estimate, ModelDetail, Result } from "../../api/generated";
import { counted } from "../../lib/format";

const METRICS: Record<string, { name: string; meaning: string }> = {
  accuracy: { name: "Accuracy", meaning: "share of texts whose label it got right" },
  subset_accuracy: {
    name: "Subset accuracy",
    meaning: "share of texts that it gave exactly the right labels",
  },
  hamming_loss: {
    name: "Hamming loss",
    meaning: "share of all answers, one a text and label, that are wrong; lower is better",
  },
  micro_f1: { name: "Micro-F1", meaning: "F1 over all answers together: frequent labels weigh more" },
  macro_f1: { name: "Macro-F1", meaning: "F1 of each label, averaged: labels count alike, however rare" },
  mcc: { name: "MCC", meaning: "Matthews correlation: 0 is guessing, 100 is perfect" },
  roc_auc: { name: "ROC AUC", meaning: "how often a positive text scores above a negative one" },
  ece: { name: "Calibration error", meaning: "how far its percentages are from the truth; lower is better" },
  brier: {
    name: "Brier score",
    meaning: "squared distance of its percentages from the truth; lower is better",
  },
  micro_precision: {
    name: "Micro-precision",
    meaning: "of all the labels that it gave, how many were deserved",
  },
  micro_recall: {
    name: "Micro-recall",
    meaning: "of all the labels that were deserved, how many it gave",
  },
  macro_precision: {
    name: "Macro-precision",
    meaning: "of what it gave a label, how much deserved it; labels averaged",
  },
  macro_recall: {
    name: "Macro-recall",
    meaning: "of what deserved a label, how much it found; labels averaged",
  },
  log_loss: { name: "Log loss", meaning: "punishes confident mistakes; lower is better" },
};

/** What the table always shows; the others are there when the chart shows them. */
const COLUMNS = ["accuracy", "subset_accuracy", "micro_f1", "macro_f1", "mcc", "roc_auc", "ece"];

export function columnsOf(group: Group, chosen: string): string[] {
  return group.metrics.filter((key) => COLUMNS.includes(key) || key === chosen || !(key in METRICS));
}

export const metricName = (key: string): string => METRICS[key]?.name ?? key.replaceAll("_", " ");
export const metricMeaning = (key: string): string | undefined => METRICS[key]?.meaning;

const DATA: Record<string, string> = { imdb: "IMDb", sst2: "SST-2" };

export const dataName = (key: string): string => DATA[key] ?? key;

/** A result, and whether it is this model's own or another way to do the same. */
export interface Row extends Result {
  own: boolean;
}

/** Results that may be compared: the same rows of the same data. */
export interface Group {
  key: string;
  title: string;
  rows: Row[];
  metrics: string[];
  /** What they were measured on; times are comparable on one processor only. */
  processors: string[];
}

/** The share of texts that it got right: whose label, or where a text may have several all of whose labels. */
export const rightOf = ({ metrics }: Result): Estimate | undefined =>
  metrics["accuracy"] ?? metrics["subset_accuracy"];

/** One group for each set of rows, this model's first; within one, the most accurate first. */
export function groupsOf({ results, comparisons }: Pick<ModelDetail, "results" | "comparisons">): Group[] {
  const rows: Row[] = [
    ...results.map((result) => ({ ...result, own: true })),
    ...comparisons.map((result) => ({ ...result, own: false })),
  ];
  const keys = [...new Set(rows.map(keyOf))];
  return keys.map((key) => {
    const own = rows.filter((row) => keyOf(row) === key);
    const first = own[0];
    return {
      key,
      title: first
        ? `${dataName(first.data)}, ${splitName(first.split)}, ${counted(first.rows, "text")}`
        : key,
      rows: own.toSorted((a, b) => (rightOf(b)?.value ?? 0) - (rightOf(a)?.value ?? 0)),
      metrics: metricsOf(own),
      processors: [...new Set(own.map((row) => row.processor))],
    };
  });
}

/** "dev split"; a file that was tested whole says so itself. */
export const splitName = (split: string): string => (split.startsWith("all of ") ? split : `${split} split`);

const keyOf = ({ data, split, rows }: Result): string => `${data} ${split} ${rows}`;

/** The metrics that any of the rows has, the familiar ones first. */
function metricsOf(rows: readonly Row[]): string[] {
  const found = new Set(rows.flatMap((row) => Object.keys(row.metrics)));
  const familiar = Object.keys(METRICS).filter((key) => found.has(key));
  return [...familiar, ...[...found].filter((key) => !familiar.includes(key)).sort()];
}

export const inHundredths = (value: number): string => (value * 100).toFixed(1);

export const interval = ({ low, high }: Estimate): string => `${inHundredths(low)} to ${inHundredths(high)}`;

export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

const STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const FEWEST_PIECES = 6;

/** An axis around all intervals, with round ends and a handful of ticks. */
export function axisFor(estimates: readonly Estimate[]): Axis {
  const least = Math.min(...estimates.map((each) => each.low));
  const most = Math.max(...estimates.map((each) => each.high));
  const step = STEPS.find((each) => (most - least) / each <= FEWEST_PIECES) ?? 1;
  const low = Math.floor(least / step) * step;
  const pieces = Math.max(1, Math.ceil((most - low) / step - 1e-9));
  return {
    low,
    high: low + pieces * step,
    ticks: Array.from({ length: pieces + 1 }, (_, i) => low + i * step),
  };
}

/** Where a value stands on the axis, in percent of its length. */
export const placeOn = ({ low, high }: Axis, value: number): number => ((value - low) / (high - low)) * 100;

export interface Card {
  body: string;
  limits: string | undefined;
}

/** The mistakes that a card lists come with its figures, and the page shows them from there. */
const KNOWN_FAILURES = /^\*\*Known failures\b[\s\S]*?(?=^\*\*|(?![\s\S]))/gm;

/**
 * The card without its metadata and title, and without what the page shows from the same figures; its section on limits
 * apart.
 */
export function cardParts(card: string): Card {
  const text = card.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/^\s*# .*\n/, "");
  const sections = text.split(/^(?=## )/m);
  const isLimits = (section: string) => /^## .*\blimit/i.test(section);
  const isShown = (section: string) => isLimits(section) || /^## (results|how it was made)\b/i.test(section);
  return {
    body: sections
      .filter((section) => !isShown(section))
      .join("")
      .trim(),
    limits: sections
      .find(isLimits)
      ?.replace(/^## .*\n/, "")
      .replaceAll(KNOWN_FAILURES, "")
      .trim(),
  };
}

/** A command on several lines, one for each option, as one would write it in a script. */
export function wrapCommand(command: string): string {
  return command.length < 80 ? command : command.replaceAll(/ (?=--\w)/g, " \\\n  ");
}

/** The distinct commands behind the model and its own results, in order. */
export function commandsOf({ provenance, results }: Pick<ModelDetail, "provenance" | "results">): string[] {
  const told: unknown = provenance["commands"];
  const stages = Array.isArray(told) ? told.filter((each) => typeof each === "string") : [];
  return [...new Set([...stages, ...results.map((result) => result.command)])];
}

/** The commands stand above; every validation pass of a run is for a table, and too long for a line of text. */
const NOT_FACTS = new Set(["commands", "validation"]);

/** What provenance says besides, as pairs of plain text. */
export function factsOf(provenance: ModelDetail["provenance"]): [string, string][] {
  return Object.entries(provenance)
    .filter(([key, value]) => !NOT_FACTS.has(key) && value !== null && value !== "")
    .map(([key, value]) => [key.replaceAll("_", " "), plain(value)]);
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => `${key.replaceAll("_", " ")}: ${plain(each)}`)
      .join(", ");
  }
  return typeof value === "number"
    ? value.toLocaleString("en", { maximumFractionDigits: 6 })
    : JSON.stringify(value);
}
