/** The rows to be downloaded: the file's columns, then the answers, named as the commands name them. */
import type { Table } from "../../scoring/run";
import { DECIMALS, type Scores } from "../../scoring/scores";

const PREFIX = "predicted_";
/** A person's corrections; added only if there are any. */
const MARKS = ["marked", "right_label"];
/** Between several labels in a cell. */
const SEPARATOR = "|";

/** The names of all columns; an added one never takes the name of a column in the file. */
export function resultColumns(table: Table, scores: Scores): string[] {
  const added = [
    "label",
    "probability",
    "sure",
    "error",
    ...scores.labels.map((label) => `p_${label}`),
    ...(scores.marked > 0 ? MARKS : []),
  ];
  return [...table.columns, ...added.map((name) => uniqueName(PREFIX + name, table.columns))];
}

/** The cells of a row, as many as there are columns. */
export const resultRow = (table: Table, scores: Scores, row: number): string[] => [
  ...(table.rows[row] ?? []),
  ...answerCells(scores, row),
  ...markCells(scores, row),
];

function answerCells(scores: Scores, row: number): string[] {
  const written = (label: number) => scores.probabilityOf(row, label).toFixed(DECIMALS);
  if (!scores.isScored(row)) {
    return ["", "", "", scores.failureOf(row)?.code ?? "", ...scores.labels.map(() => "")];
  }
  const given = scores
    .givenTo(row)
    .toSorted((a, b) => scores.probabilityOf(row, b) - scores.probabilityOf(row, a));
  return [
    given.map((label) => scores.labels[label] ?? "").join(SEPARATOR),
    given.map(written).join(SEPARATOR),
    scores.stateOf(row) === "sure" ? "true" : "false",
    "",
    ...scores.labels.map((_, label) => written(label)),
  ];
}

function markCells(scores: Scores, row: number): string[] {
  if (scores.marked === 0) return [];
  const mark = scores.markOf(row);
  return mark ? [mark.correct ? "right" : "wrong", mark.label ?? ""] : ["", ""];
}

function uniqueName(name: string, taken: readonly string[]): string {
  let unique = name;
  for (let n = 2; taken.includes(unique); n += 1) unique = `${name}_${n}`;
  return unique;
}

/** "comments.txt" -> "comments-scored.csv". */
export const resultName = (name: string, ending: string): string =>
  `${name.replace(/(\.(csv|tsv|jsonl|txt))?\.[^.]*$/i, "") || "texts"}-scored.${ending}`;
