import Papa from "papaparse";

import type { Scores } from "./scores";
import type { Table } from "./reading/table";

/** A signed number is not a formula if it ends with the cell or at a character where a spreadsheet may split. */
const NUMBER = String.raw`(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?%?(?:$|[;|\t\r\n])`;
/**
 * Where a spreadsheet would start a formula: at = + - @ at the start of a cell, or after a tab or line break. Its locale
 * decides which separator splits cells, so also after a semicolon, tab, bar or line break inside a cell. A comma is safe:
 * such cells are quoted.
 */
const FORMULA = new RegExp(String.raw`((?:^|[;|\t\r\n]["\t\r\n]*)(?=[=@]|[+-](?!${NUMBER})))`, "g");
/** Tells Excel that the file is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";
const PREFIX = "valence_";
const DIGITS = 4;
/** A person's corrections; added only if there are any. */
const MARKS = ["marked", "right_label"];
/** Separates several labels in a cell, as `valence score` does. */
const SEPARATOR = "|";

/** The file's columns followed by the results. Cells that look like formulas are prefixed with an apostrophe. */
export function resultCsv(table: Table, scores: Scores, rows: Iterable<number>): string {
  const names = [
    "label",
    "probability",
    "sure",
    ...scores.labels.map((label) => `p_${label}`),
    "error",
    ...(scores.marked > 0 ? MARKS : []),
  ];
  const columns = [...table.columns, ...names.map((name) => uniqueName(PREFIX + name, table.columns))];
  const lines = Array.from(rows, (row) => [
    ...(table.rows[row] ?? []),
    ...resultCells(scores, row),
    ...markCells(scores, row),
  ]);
  return (
    BYTE_ORDER_MARK +
    Papa.unparse(
      [columns, ...lines].map((cells) => cells.map(escapeFormula)),
      { newline: "\r\n" },
    )
  );
}

function escapeFormula(cell: string): string {
  const inside = cell.replace(FORMULA, "$1'");
  return /^[\t\r\n]/.test(cell) ? `'${inside}` : inside;
}

/** The number of cells that are prefixed with an apostrophe. */
export function formulaCells(table: Table): number {
  const inRow = (row: readonly string[]) =>
    row.reduce((sum, cell) => sum + (escapeFormula(cell) === cell ? 0 : 1), 0);
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

function uniqueName(name: string, taken: readonly string[]): string {
  let unique = name;
  for (let n = 2; taken.includes(unique); n += 1) unique = `${name}_${n}`;
  return unique;
}

/** "comments.txt" -> "comments-scored.csv". */
export const resultName = (name: string, ending = "csv"): string =>
  `${name.replace(/\.[^.]*$/, "") || "texts"}-scored.${ending}`;
