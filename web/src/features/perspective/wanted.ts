/** What is compared, as the address has it and else as guessed. */
import type { Change, Values } from "../../lib/fragment-state";
import { endsOf } from "../../lib/labels";
import type { Table } from "../../scoring/run";
import { guessScoreColumn } from "./old-scores";

/** The threshold that many forums had for Perspective, and the command's default. */
export const DEFAULT_THRESHOLD = 0.8;
const UNWANTED = /^(toxic|hostile|removed|reject|abus|insult|hate|harass|spam|offens|bad|neg)/i;

interface Model {
  labels: readonly string[];
  multi_label: boolean;
}

/** The column with the old scores that the address names, else the guessed one. */
export function scoreColumnOf(values: Values, table: Table, textColumn: number): number | undefined {
  const named = table.columns.indexOf(values["scores"] ?? "");
  return named >= 0 && named !== textColumn ? named : guessScoreColumn(table, textColumn);
}

/** The label that the address names, else the one that flags: the first that sounds unwanted. */
export function labelOf(values: Values, model: Model): string {
  const { labels } = model;
  const named = labels.find((label) => label === values["label"]);
  return named ?? labels.find((label) => UNWANTED.test(label)) ?? endsOf(model)?.left ?? labels[0] ?? "";
}

export function thresholdOf(values: Values): number {
  const value = Number(values["from"] ?? Number.NaN);
  return value >= 0 && value <= 1 ? value : DEFAULT_THRESHOLD;
}

/** Forgets what was chosen for another file. */
export const NOTHING_CHOSEN: Change = { scores: undefined, label: undefined, from: undefined };
