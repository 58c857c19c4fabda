/** A file's content as rows of text. Knows nothing of files, React or the API. */

/** All rows as read; the first may contain column names. All rows have the same number of cells. */
export interface RawTable {
  /** Known from the format (JSON, plain lines); undefined if the first row may contain them. */
  columns: readonly string[] | undefined;
  rows: string[][];
  /** Warnings about the file that did not prevent reading it. */
  warnings: string[];
}

export interface Table {
  columns: string[];
  rows: string[][];
}

const TEXT_NAME = /^(text|texts|comments?|reviews?|sentences?|body|messages?|content|description|feedback)$/i;
const OTHER_NAME =
  /^(id|no|nr|index|label|class|date|time|title|name|author|user|rating|score|stars?|url|email|category)$/i;
/** From this many words on, a cell is a sentence, not a name. */
const WORDS_IN_NAME = 4;
/** Enough rows to tell which column has the texts. */
const SAMPLED_ROWS = 200;

/**
 * Whether the first row looks like column names: all different, and none empty, a number or a sentence. A single cell
 * counts only if it is a known name, because a short text looks the same.
 */
export function guessHeader({ columns, rows }: RawTable): boolean {
  const first = rows[0];
  if (columns !== undefined || first === undefined) return false;
  const cells = first.map((cell) => cell.trim());
  if (cells.some((cell) => TEXT_NAME.test(cell) || OTHER_NAME.test(cell))) return true;
  if (rows.length < 2 && cells.length < 2) return false;
  return (
    new Set(cells).size === cells.length &&
    cells.every((cell) => cell !== "" && Number.isNaN(Number(cell)) && wordsIn(cell) < WORDS_IN_NAME)
  );
}

/** The table with a unique name for every column. */
export function tableOf({ columns, rows }: RawTable, hasHeader: boolean): Table {
  if (columns !== undefined) return { columns: distinct(columns), rows };
  const width = rows[0]?.length ?? 0;
  const names = hasHeader ? (rows[0] ?? []) : Array.from({ length: width }, () => "");
  return { columns: distinct(names), rows: hasHeader ? rows.slice(1) : rows };
}

/** The column most likely to have the texts: by its name, else by the length of its cells. */
export function guessTextColumn({ columns, rows }: Table): number {
  const named = columns.findIndex((name) => TEXT_NAME.test(name.trim()));
  if (named >= 0) return named;
  const sample = rows.slice(0, SAMPLED_ROWS);
  const lengths = columns.map((_, i) => sample.reduce((sum, row) => sum + (row[i] ?? "").length, 0));
  return Math.max(0, lengths.indexOf(Math.max(...lengths)));
}

export const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((given, i) => {
    const name = given.trim() || `column ${i + 1}`;
    let unique = name;
    for (let n = 2; seen.has(unique); n += 1) unique = `${name} (${n})`;
    seen.add(unique);
    return unique;
  });
}

/** Pads short rows with empty cells, so that every row has every column. */
export function rectangular(rows: string[][]): string[][] {
  const width = Math.max(0, ...new Set(rows.map((row) => row.length)));
  for (const row of rows) while (row.length < width) row.push("");
  return rows;
}
