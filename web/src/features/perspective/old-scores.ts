/** The column with the scores that Perspective gave. */
import type { Table } from "../../scoring/run";

/** Names of columns with scores, and of Perspective's attributes; the same as the command knows. */
const SCORE_NAME =
  /^(?:old_|perspective_)?(?:(?:severe_)?toxicity|score|probability|insult|threat|profanity|identity_attack|sexually_explicit|spam)(?:_score)?$/i;
/** What most forums used. */
const TOXICITY = /^(?:old_|perspective_)?toxicity(?:_score)?$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Enough rows to tell what a column has. */
const SAMPLED_ROWS = 500;

/** The score in a cell, also with a decimal comma. "missing" if there is none, "invalid" if it isn't in 0 to 1. */
export function oldScore(cell: string): number | "missing" | "invalid" {
  if (cell === "") return "missing";
  const written = cell.trim().replaceAll(",", ".");
  const value = Number(written);
  return NUMBER.test(written) && value >= 0 && value <= 1 ? value : "invalid";
}

/**
 * The column whose name says so, that of toxicity first, else the only one with nothing but scores; undefined if none looks
 * like it.
 */
export function guessScoreColumn({ columns, rows }: Table, textColumn: number): number | undefined {
  const others = [...columns.keys()]
    .filter((column) => column !== textColumn)
    .map((column) => ({ column, name: columns[column]?.trim() ?? "", ...scoresIn(rows, column) }));
  const named = others.filter(({ name, some }) => some && SCORE_NAME.test(name));
  const best = named.find(({ name }) => TOXICITY.test(name)) ?? named[0];
  if (best) return best.column;
  const fitting = others.filter(({ some, all }) => some && all);
  return fitting.length === 1 ? fitting[0]?.column : undefined;
}

/** Whether some of a column's cells are scores, and whether all that aren't empty are. */
function scoresIn(rows: readonly string[][], column: number): { some: boolean; all: boolean } {
  const scores = rows.slice(0, SAMPLED_ROWS).map((row) => oldScore(row[column] ?? ""));
  return {
    some: scores.some((score) => typeof score === "number"),
    all: !scores.includes("invalid"),
  };
}
