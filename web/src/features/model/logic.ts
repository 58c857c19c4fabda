import type { Estimate, ModelDetail, Result } from "../../api/generated";
import { counted, timesHundred } from "../../lib/format";

const METRICS: Record<string, { name: string; meaning: string }> = {
  accuracy: { name: "Accuracy", meaning: "share of texts labelled correctly" },
  subset_accuracy: {
    name: "Subset accuracy",
    meaning: "share of texts with exactly the correct labels",
  },
  hamming_loss: {
    name: "Hamming loss",
    meaning: "share of wrong decisions over all texts and labels; lower is better",
  },
  micro_f1: { name: "Micro-F1", meaning: "F1 over all decisions together; frequent labels count more" },
  macro_f1: {
    name: "Macro-F1",
    meaning: "average F1 of the labels; rare labels count as much as frequent ones",
  },
  mcc: { name: "MCC", meaning: "Matthews correlation coefficient; 0 is guessing, 100 is perfect" },
  roc_auc: { name: "ROC AUC", meaning: "how often a positive text scores higher than a negative one" },
  ece: { name: "Calibration error", meaning: "average gap between confidence and accuracy; lower is better" },
  brier: {
    name: "Brier score",
    meaning: "mean squared error of the probabilities; lower is better",
  },
  micro_precision: {
    name: "Micro-precision",
    meaning: "share of assigned labels that are correct",
  },
  micro_recall: {
    name: "Micro-recall",
    meaning: "share of true labels that were assigned",
  },
  macro_precision: {
    name: "Macro-precision",
    meaning: "average precision of the labels",
  },
  macro_recall: {
    name: "Macro-recall",
    meaning: "average recall of the labels",
  },
  log_loss: { name: "Log loss", meaning: "penalises confident mistakes; lower is better" },
};

/** Always in the table; other metrics appear when the chart shows them. */
const COLUMNS = ["accuracy", "subset_accuracy", "micro_f1", "macro_f1", "mcc", "roc_auc", "ece"];

export function columnsOf(group: Group, chosen: string): string[] {
  return group.metrics.filter((key) => COLUMNS.includes(key) || key === chosen || !(key in METRICS));
}

export const metricName = (key: string): string => METRICS[key]?.name ?? key.replaceAll("_", " ");
export const metricMeaning = (key: string): string | undefined => METRICS[key]?.meaning;

const DATA: Record<string, string> = { imdb: "IMDb", sst2: "SST-2" };

export const dataName = (key: string): string => DATA[key] ?? key;

/** A result, and whether it is this model's own or a comparison. */
export interface Row extends Result {
  own: boolean;
}

/** Comparable results: measured on the same rows of the same data. */
export interface Group {
  key: string;
  title: string;
  cautions: string[];
  rows: Row[];
  metrics: string[];
  /** Times are comparable only on the same processor. */
  processors: string[];
}

/** The share of texts with the correct label or, for multi-label models, with exactly the correct labels. */
export const accuracyOf = ({ metrics }: Result): Estimate | undefined =>
  metrics["accuracy"] ?? metrics["subset_accuracy"];

/** A group per set of rows, this model's first; within a group, the most accurate first. */
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
      title: first ? `${dataSetName(first)}, ${counted(first.rows, "text")}` : key,
      cautions: cautionsOf(own),
      rows: own.toSorted((a, b) => (accuracyOf(b)?.value ?? 0) - (accuracyOf(a)?.value ?? 0)),
      metrics: metricsOf(own),
      processors: [...new Set(own.map((row) => row.processor))],
    };
  });
}

/** "SST-2, dev split"; only the data's name for a file evaluated as a whole. */
export function dataSetName({ data, split }: Pick<Result, "data" | "split">): string {
  if (split.startsWith("all of ")) return dataName(data);
  return split === "cross-validation" ? `${dataName(data)}, ${split}` : `${dataName(data)}, ${split} split`;
}

/** What to know before relying on the figures: how few the rows are, and how they were tested. */
export function cautionsOf(results: readonly Pick<Result, "caution" | "cross_validation">[]): string[] {
  const sentences = results.flatMap(({ caution, cross_validation: tested }) => [
    ...(caution === null ? [] : [caution]),
    ...(tested === null
      ? []
      : [`No rows were held out: each was scored by a head that had not seen it, in ${tested.parts} parts.`]),
  ]);
  return [...new Set(sentences)];
}

const keyOf = ({ data, split, rows }: Result): string => `${data} ${split} ${rows}`;

/** The metrics of any row, known ones first. */
function metricsOf(rows: readonly Row[]): string[] {
  const present = new Set(rows.flatMap((row) => Object.keys(row.metrics)));
  const known = Object.keys(METRICS).filter((key) => present.has(key));
  return [...known, ...[...present].filter((key) => !known.includes(key)).sort()];
}

export const interval = ({ low, high }: Estimate): string => `${timesHundred(low)} to ${timesHundred(high)}`;

export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

const STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const MAX_TICK_INTERVALS = 6;

/** An axis around all intervals, with round ends and a few ticks. */
export function axisFor(estimates: readonly Estimate[]): Axis {
  const min = Math.min(...estimates.map((estimate) => estimate.low));
  const max = Math.max(...estimates.map((estimate) => estimate.high));
  const step = STEPS.find((candidate) => (max - min) / candidate <= MAX_TICK_INTERVALS) ?? 1;
  const low = Math.floor(min / step) * step;
  const pieces = Math.max(1, Math.ceil((max - low) / step - 1e-9));
  return {
    low,
    high: low + pieces * step,
    ticks: Array.from({ length: pieces + 1 }, (_, i) => low + i * step),
  };
}

/** A value's position on the axis, in percent of its length. */
export const placeOn = ({ low, high }: Axis, value: number): number => ((value - low) / (high - low)) * 100;

export interface Card {
  body: string;
  limits: string | undefined;
}

/** The card's list of mistakes; the page shows them from the results. */
const KNOWN_FAILURES = /^\*\*Known failures\b[\s\S]*?(?=^\*\*|(?![\s\S]))/gm;

/**
 * The card without metadata, title and the sections that the page shows elsewhere; its limits are separate.
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

/** A long command on several lines, one per option. */
export function wrapCommand(command: string): string {
  return command.length < 80 ? command : command.replaceAll(/ (?=--\w)/g, " \\\n  ");
}

/** The distinct commands that made the model and its results, in order. */
export function commandsOf({ provenance, results }: Pick<ModelDetail, "provenance" | "results">): string[] {
  const recorded: unknown = provenance["commands"];
  const stages = Array.isArray(recorded) ? recorded.filter((command) => typeof command === "string") : [];
  return [...new Set([...stages, ...results.map((result) => result.command)])];
}

/** Commands are shown separately, and the list of validation passes is too long. */
const NOT_FACTS = new Set(["commands", "validation"]);

/** The rest of the provenance, as pairs of text. */
export function factsOf(provenance: ModelDetail["provenance"]): [string, string][] {
  return Object.entries(provenance)
    .filter(([key, value]) => !NOT_FACTS.has(key) && value !== null && value !== "")
    .map(([key, value]) => [key.replaceAll("_", " "), asText(value)]);
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(asText).join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => `${key.replaceAll("_", " ")}: ${asText(field)}`)
      .join(", ");
  }
  return typeof value === "number"
    ? value.toLocaleString("en", { maximumFractionDigits: 6 })
    : JSON.stringify(value);
}
