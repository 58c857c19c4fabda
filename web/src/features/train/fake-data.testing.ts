/** What the fake API for classifiers answers with. */
import type {
  Classifier,
  ExamplesAdded,
  Fit,
  Version,
  VersionComparison,
  VersionSummary,
} from "../../api/generated";

export const NOW = "2026-11-29T11:00:00Z";
export const estimate = (value: number, low: number, high: number) => ({ value, low, high });

export interface Row {
  text: string;
  labels: string[] | null;
  author?: string;
}

export const newVersion = (number: number, rows: number): VersionSummary => ({
  number,
  head: `head${number}`,
  body: "body",
  usable: true,
  published: false,
  was_published: false,
  note: "",
  made_at: NOW,
  rows,
  tested_on: "test",
  tested_rows: 100,
  uploaded: false,
  transformers: false,
  accuracy: estimate(0.84, 0.72, 0.92),
  macro_f1: estimate(0.8, 0.7, 0.9),
});

export const versionOf = (
  summary: VersionSummary,
  labels: string[],
  mistakes: Version["mistakes"],
  enough: boolean,
): Version => ({
  ...summary,
  labels,
  mistakes,
  enough,
  reads: "final readout",
  verdict: enough ? "Right for 84 of 100." : "Too few to know: right for 2 of 3.",
  beside: [
    {
      name: "the most frequent label, civil",
      kind: "most-frequent",
      accuracy: estimate(0.5, 0.4, 0.6),
      macro_f1: estimate(0.3, 0.2, 0.4),
    },
  ],
  per_label: [{ label: "civil", precision: 0.9, recall: 0.8, f1: 0.85, support: 50, roc_auc: null }],
  confusion: null,
  reliability: null,
  result: null,
  learning: {
    sentence: "40 more examples: about 3 points more (1 to 5).",
    more: 40,
    gain: estimate(0.03, 0.01, 0.05),
    points: [
      { rows: 20, accuracy: 0.7 },
      { rows: 80, accuracy: 0.8 },
    ],
  },
  identity: {
    sentence: "It answers hostile to 20% of harmless sentences with words such as gay, and to 10% without.",
    sentences: 16,
    labels: [
      {
        label: "hostile",
        without: 0.1,
        share: 0.2,
        change: estimate(0.1, 0.05, 0.15),
        terms: [{ term: "gay", share: 0.5, probability: 0.44 }],
      },
    ],
  },
  notes: ["There are 74 rows to learn from."],
});

export const runningFit = (again: boolean): Fit => ({
  state: "running",
  again,
  step: "reading texts",
  done: 1,
  total: 2,
  reason: null,
  version: null,
  requested_at: NOW,
  ended_at: null,
});

export const emptyClassifier = (given: Pick<Classifier, "name" | "labels">): Classifier => ({
  ...given,
  multi_label: false,
  readout: "auto",
  clean: "none",
  created_at: NOW,
  examples: { labels: [], train: 0, test: 0, unlabelled: 0 },
  fit: null,
  newest: null,
  published: null,
});

export const counted = (added: number): ExamplesAdded => ({
  added,
  relabelled: 0,
  unchanged: 0,
  contradicting: 0,
  left_out: 0,
});

export function rowOf(line: string, query: URLSearchParams): Row {
  const [text = "", label = ""] = line.split(",");
  return { text, labels: query.get("unlabelled") === "true" ? null : [label] };
}

/** On no example. */
export const UNKNOWN_AGREEMENT = { examples: 0, this: null, other: null, gained: 0, lost: 0 };

export const COMPARISON: VersionComparison = {
  version: 2,
  with_version: 1,
  rows: 100,
  accuracy: { value: 0.05, low: -0.01, high: 0.11 },
  macro_f1: null,
  only_this: 8,
  only_other: 3,
  p_value: 0.23,
  verdict: "No clear difference.",
  agreement: {
    examples: 38,
    this: { value: 0.91, low: 0.78, high: 0.97 },
    other: { value: 0.86, low: 0.72, high: 0.94 },
    gained: 3,
    lost: 1,
  },
  flipped: 1,
  texts: [
    { id: 1, text: "You fool", labels: ["hostile"], part: "test", before: ["civil"], after: ["hostile"] },
  ],
};
