/** Plain text and fastText's training files: one text per line. */
import { oddIn } from "./decode";
import type { Format } from "./options";
import type { GoodReading } from "./result";
import type { BadRow } from "./problem";

const PREFIX = "__label__";

/** The name of the only column in a file without column names. */
export const TEXT = "text";

export const looksLikeFastText = (text: string): boolean => text.startsWith(PREFIX);

export const readLines = (text: string): GoodReading => eachLine(text, "lines", [TEXT], (line) => [line]);

export const readFastText = (text: string): GoodReading =>
  eachLine(text, "fasttext", [TEXT, "label"], textAndLabels);

/** Empty lines are skipped. */
function eachLine(
  text: string,
  format: Format,
  columns: readonly string[],
  cellsOf: (line: string) => string[],
): GoodReading {
  const rows: string[][] = [];
  const places: number[] = [];
  const bad: BadRow[] = [];
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === "") continue;
    const odd = oddIn(line);
    if (odd) bad.push({ place: i + 1, ...odd });
    else {
      rows.push(cellsOf(line));
      places.push(i + 1);
    }
  }
  return { table: { columns, rows, places, unit: "line" }, understood: { format }, bad, notes: [] };
}

/** fastText: labels are words with a prefix. Several labels become a list. */
function textAndLabels(line: string): string[] {
  const words = line.trim().split(/\s+/);
  const labels = words.filter((word) => word.startsWith(PREFIX)).map((word) => word.slice(PREFIX.length));
  const text = line.replace(/(^|\s)__label__\S+/g, " ").trim();
  return [text, labels.length > 1 ? JSON.stringify(labels) : (labels[0] ?? "")];
}
