/** Rows of text with named columns, and which column has the texts. Knows nothing of files, React or the API. */
import type { Note, RawTable } from "./result";

export interface Table {
  columns: string[];
  rows: string[][];
}

/** The same names as the commands know. */
const TEXT_NAMES = new Set(
  "text texts sentence sentences comment comment_text comments review review_text reviews tweet message messages content body utterance question query document post feedback".split(
    " ",
  ),
);
/** Names of texts that matter less if there is another. */
const SHORT_TEXT_NAMES = new Set(["headline", "title", "description", "abstract"]);
/** Names that only a first row of column names has. */
const OTHER_NAMES = new Set(
  "id no nr index label labels class date time name author user rating score stars url email category target".split(
    " ",
  ),
);
/** From this many words on, a cell is a sentence, not a name. */
const WORDS_IN_NAME = 4;
/** Enough rows to tell what a column has. */
const SAMPLED_ROWS = 200;

const normal = (name: string): string => name.trim().toLowerCase().replace(/[ -]/g, "_");
export const isNamed = (name: string, names: ReadonlySet<string>): boolean => names.has(normal(name));

/**
 * Whether the first row looks like column names: none is a number or a sentence, and none occurs again below as a label
 * does. A single cell counts only if it is a known name, because a short text looks the same.
 */
export function guessHeader({ columns, rows }: RawTable): boolean {
  const first = rows[0];
  if (columns !== undefined || first === undefined) return false;
  const cells = first.map((cell) => cell.trim());
  const filled = cells.filter((cell) => cell !== "");
  if (
    filled.some((cell) => [TEXT_NAMES, SHORT_TEXT_NAMES, OTHER_NAMES].some((names) => isNamed(cell, names)))
  )
    return true;
  if (filled.length === 0 || (rows.length < 2 && cells.length < 2)) return false;
  return (
    filled.every((cell) => Number.isNaN(Number(cell)) && wordsIn(cell) < WORDS_IN_NAME) &&
    (cells.length === 1 ? rows.length > 1 : !cells.some((_, i) => recursAsLabel(rows, i)))
  );
}

/** Whether a column's first cell occurs again below, among few different ones. */
function recursAsLabel(rows: readonly string[][], column: number): boolean {
  const [first = "", ...below] = rows.slice(0, SAMPLED_ROWS + 1).map((row) => row[column] ?? "");
  return first.trim() !== "" && below.includes(first) && 2 * new Set(below).size <= below.length;
}

/** The table with a unique name for every column, and a note if the file repeats names. */
export function tableOf({ columns, rows }: RawTable, hasHeader: boolean): Table & { notes: Note[] } {
  if (columns !== undefined) return { ...distinct(columns), rows };
  const width = rows[0]?.length ?? 0;
  if (!hasHeader)
    return { columns: Array.from({ length: width }, (_, i) => `column ${i + 1}`), rows, notes: [] };
  return { ...distinct(rows[0] ?? []), rows: rows.slice(1) };
}

/** The column most likely to have the texts: by its name, else by the length of its cells. */
export function guessTextColumn({ columns, rows }: Table): number {
  for (const names of [TEXT_NAMES, SHORT_TEXT_NAMES]) {
    const named = columns.findIndex((name) => isNamed(name, names));
    if (named >= 0) return named;
  }
  const sample = rows.slice(0, SAMPLED_ROWS);
  const lengths = columns.map((_, i) => sample.reduce((sum, row) => sum + (row[i] ?? "").length, 0));
  return Math.max(0, lengths.indexOf(Math.max(...lengths)));
}

export const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

function distinct(given: readonly string[]): { columns: string[]; notes: Note[] } {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const columns = given.map((raw, i) => {
    const name = raw.trim() || `(column ${i + 1})`;
    let unique = name;
    for (let n = 2; seen.has(unique); n += 1) unique = `${name} (${n})`;
    if (unique !== name) repeated.add(name);
    seen.add(unique);
    return unique;
  });
  const names = [...repeated].map((name) => `“${name}”`).join(", ");
  const text = `More than one column is called ${names}; they are numbered.`;
  return { columns, notes: repeated.size > 0 ? [{ code: "columns-numbered", text }] : [] };
}

/** Pads short rows with empty cells, so that every row has every column. */
export function rectangular(rows: string[][]): string[][] {
  const width = Math.max(0, ...new Set(rows.map((row) => row.length)));
  for (const row of rows) while (row.length < width) row.push("");
  return rows;
}
