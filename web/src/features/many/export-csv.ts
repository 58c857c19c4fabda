import Papa from "papaparse";

import type { Scores } from "./scores";
import type { Table } from "./table";

/** A plain number may have its sign; what ends it is the end of the cell, as any spreadsheet may cut it. */
const NUMBER = String.raw`(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?%?(?:$|[;|\t\r\n])`;
/**
 * Where a spreadsheet would begin a formula: at = + - @ in front, or behind a tab or line end that hides one. Its language
 * decides at which separator it splits, so also behind a semicolon, tab, bar or line end inside a cell; not behind a
 * comma, where the cell is quoted.
 */
const FORMULA = new RegExp(String.raw`((?:^|[;|\t\r\n]["\t\r\n]*)(?=[=@]|[+-](?!${NUMBER})))`, "g");
/** Tells Excel that the file is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";
const PREFIX = "valence_";
const DIGITS = 4;
/** What a person said of a row, where a person said something of any. */
const MARKS = ["marked", "right_label"];
/** Between several labels in a cell, as `valence score` writes them. */
const SEPARATOR = "|";

/** The file's own columns in their order, then the results'. Cells that look like formulas get an apostrophe in front. */
export function resultCsv(table: Table, scores: Scores, rows: Iterable<number>): string {
  const names = [
    "label",
    "probability",
    "sure",
    ...scores.labels.map((label) => `p_${label}`),
    "error",
    ...(scores.marked > 0 ? MARKS : []),
  ];
  const columns = [...table.columns, ...names.map((name) => free(PREFIX + name, table.columns))];
  const lines = Array.from(rows, (row) => [
    ...(table.rows[row] ?? []),
    ...resultCells(scores, row),
    ...markCells(scores, row),
  ]);
  return (
    BYTE_ORDER_MARK +
    Papa.unparse(
      [columns, ...lines].map((cells) => cells.map(defused)),
      { newline: "\r\n" },
    )
  );
}

function defused(cell: string): string {
  const inside = cell.replace(FORMULA, "$1'");
  return /^[\t\r\n]/.test(cell) ? `'${inside}` : inside;
}

/** How many cells get the apostrophe. */
export function formulaCells(table: Table): number {
  const inRow = (row: readonly string[]) =>
    row.reduce((sum, cell) => sum + (defused(cell) === cell ? 0 : 1), 0);
  return table.rows.reduce((sum, row) => sum + inRow(row), inRow(table.columns));
}

function resultCells(scores: Scores, row: number): string[] {
  if (!scores.isScored(row)) {
    const failure = scores.failureOf(row);
    return ["", "", "", ...scores.labels.map(() => ""), failure ? `${failure.code}: ${failure.detail}` : ""];
  }
  const written = (label: number) => scores.probabilityOf(row, label).toFixed(DIGITS);
  return [
    scores.namesOf(row).join(SEPARATOR),
    written(scores.topOf(row)),
    scores.stateOf(row) === "sure" ? "true" : "false",
    ...scores.labels.map((_, label) => written(label)),
    "",
  ];
}

function markCells(scores: Scores, row: number): string[] {
  if (scores.marked === 0) return [];
  const mark = scores.markOf(row);
  return mark ? [mark.correct ? "right" : "wrong", mark.label ?? ""] : ["", ""];
}

function free(name: string, taken: readonly string[]): string {
  let unique = name;
  for (let n = 2; taken.includes(unique); n += 1) unique = `${name}_${n}`;
  return unique;
}

/** "comments.txt" -> "comments-scored.csv". */
export const resultName = (name: string, ending = "csv"): string =>
  `${name.replace(/\.[^.]*$/, "") || "texts"}-scored.${ending}`;
