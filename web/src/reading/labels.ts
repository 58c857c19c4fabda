/** The labels that a file has beside its texts: which column, and how many rows each. */
import type { Note, Understood } from "./result";
import { alikeLabels, hasUnseenEnds, meansNothing, trimmed } from "./noticed";
import { isNamed, wordsIn, type Table } from "./table";

export interface LabelOptions {
  /** Columns with the labels; if there are several, each is a label with yes or no. */
  columns: readonly number[];
  /** Between the labels in a cell. */
  separator?: string | undefined;
  /** Whether words such as "nan" count as missing. */
  missing?: boolean | undefined;
}

export interface LabelSummary {
  /** Rows of each label, over the rows that have a text; the most frequent first. */
  counts: Map<string, number>;
  several: boolean;
  /** Rows without a text, and rows with a text but without a label. */
  withoutText: number;
  withoutLabel: number;
  notes: Note[];
  /** How often each word for a missing value occurs, in the texts and labels. */
  missing: Map<string, number>;
  /** A separator that splits the cells into the labels of other cells. */
  offeredSeparator?: string | undefined;
}

/** The same names as the commands know. */
const COMMON_NAMES = new Set(
  "label labels class classes category categories target sentiment intent topic tag y emotion polarity stance rating stars score verdict".split(
    " ",
  ),
);
const LABEL_NAMES = new Set([...COMMON_NAMES, "toxic", "toxicity", "spam"]);
const YES_OR_NO_NAME = /^(is|has)_\w+$/i;
const YES = new Set(["1", "true", "yes"]);
const NO = new Set(["0", "false", "no"]);
/** A column with more different values is recognised only by its name. */
const MOST_LABELS_BY_LOOKS = 100;
const WORDS_IN_TEXT = 3;
/** Enough rows to tell what a column has. */
const SAMPLED_ROWS = 5000;
const WHOLE = /^[+-]?(0|[1-9]\d*)(\.0*)?$/;
const LIST = /^\[(.*)\]$/s;
const SEPARATORS = ["|", ";", "#", ",", "/"];

/** The columns of the labels; none if no column or too many could hold them. */
export function guessLabelColumns({ columns, rows }: Table, text: number): number[] {
  const others = columns
    .map((name, at) => ({ name, at, ...profile(rows, at) }))
    .filter(({ at }) => at !== text);
  const usable = others.filter(({ filled }) => filled > 0);
  const flags = usable.filter((column) => column.flags);
  let byName = usable.filter(({ name }) => isNamed(name, LABEL_NAMES) || YES_OR_NO_NAME.test(name.trim()));
  const allFlags = byName.every((column) => column.flags && !isNamed(column.name, COMMON_NAMES));
  if (flags.length > 1 && byName.length > 0 && allFlags) byName = flags;
  if (byName.length > 0) return byName.length === 1 || byName === flags ? byName.map(({ at }) => at) : [];
  if (columns.length === 2 && usable[0]) return [usable[0].at];
  const byLooks = usable.filter(({ labelLike }) => labelLike);
  return byLooks.length === 1 ? byLooks.map(({ at }) => at) : [];
}

function profile(all: readonly string[][], at: number) {
  const rows = all.slice(0, SAMPLED_ROWS);
  const distinct = new Set<string>();
  let [filled, words] = [0, 0];
  for (const row of rows) {
    const cell = row[at] ?? "";
    if (cell === "") continue;
    filled += 1;
    words += wordsIn(cell);
    distinct.add(cell);
  }
  const values = [...distinct].map((cell) => cell.trim().toLowerCase());
  const textLike = words / Math.max(1, filled) >= WORDS_IN_TEXT && 2 * distinct.size > filled;
  const few = distinct.size >= 2 && distinct.size <= Math.min(MOST_LABELS_BY_LOOKS, filled / 2);
  return {
    filled,
    flags: filled > 0 && values.every((value) => YES.has(value) || NO.has(value)),
    labelLike: few && !textLike,
  };
}

/** How many rows have each label, and what of them may surprise. */
export function summarizeLabels(
  table: Table,
  text: number,
  understood: Understood,
  options: LabelOptions,
): LabelSummary {
  const notes: Note[] = [];
  const rows = table.rows.filter((row) => hasText(row[text], options.missing));
  const [column = -1] = options.columns;
  let parts: (string[] | undefined)[];
  if (options.columns.length > 1) parts = rows.map((row) => flagged(table, row, options.columns));
  else if (isNested(understood, rows, options, notes)) parts = rows.map((row) => listed(row[column] ?? ""));
  else parts = rows.map((row) => split(row[column] ?? "", options));
  const several = parts.some((labels) => labels !== undefined && labels.length !== 1);
  dropRejected(table, understood, options, rows, parts, notes);
  const counts = countsOf(parts, notes);
  const offeredSeparator = several ? undefined : separatorIn([...counts.keys()]);
  if (offeredSeparator !== undefined) {
    const words = `Some cells seem to hold several labels, separated by “${offeredSeparator}”.`;
    notes.push({ code: "several-labels", text: words });
  }
  const alike = alikeNames([...counts.keys()]);
  if (alike.length > 0)
    notes.push({ code: "labels-alike", text: `Labels that look alike: ${alike.join("; ")}.` });
  const withoutLabel = parts.filter((labels) => labels === undefined).length;
  const missing = missingWords(table.rows, [text, ...options.columns]);
  if (missing.size > 0 && !options.missing) {
    const words = [...missing].map(([word, count]) => `“${word}” (${count.toLocaleString("en")})`).join(", ");
    notes.push({ code: "missing-words", text: `Some cells have words that often mean “missing”: ${words}.` });
  }
  const withoutText = table.rows.length - rows.length;
  return { counts, several, withoutText, withoutLabel, notes, missing, offeredSeparator };
}

/** Whether a cell counts as a text. */
export const hasText = (cell: string | undefined, missing = false): boolean =>
  cell !== undefined && cell.trim() !== "" && !(missing && meansNothing(cell));

/** How often each word for a missing value occurs in the columns, as it is spelt. */
function missingWords(rows: readonly string[][], columns: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const column of columns) {
    for (const row of rows) {
      const cell = row[column] ?? "";
      if (!meansNothing(cell)) continue;
      const word = trimmed(cell);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

/** Whether the cells are lists: some of a format that has lists, else all, as Python or JSON write them. */
function isNested(
  { format }: Understood,
  rows: readonly string[][],
  { columns, separator }: LabelOptions,
  notes: Note[],
): boolean {
  const [column, ...more] = columns;
  if (column === undefined || more.length > 0 || separator !== undefined) return false;
  const cells = rows.map((row) => row[column]?.trim() ?? "").filter((cell) => cell !== "");
  const lists = cells.filter((cell) => LIST.test(cell));
  if (format === "delimited" || format === "xlsx") {
    if (lists.length === 0 || lists.length < cells.length) return false;
    notes.push({
      code: "labels-as-lists",
      text: "The labels are lists, such as ['a', 'b']: a row can have several.",
    });
    return true;
  }
  if (cells.some((cell) => cell.startsWith("[["))) {
    notes.push({
      code: "label-spans",
      text: "The labels are spans within the texts, not labels of whole texts.",
    });
  }
  return lists.length > 0;
}

/** The labels in a list; undefined for an empty cell. */
function listed(cell: string): string[] | undefined {
  const inside = LIST.exec(cell.trim())?.[1];
  if (inside === undefined) return cell.trim() === "" ? undefined : [cell];
  const quoted = inside.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,\s][^,]*/g) ?? [];
  return quoted.map((item) => item.replace(/^(["'])(.*)\1$/s, "$2"));
}

/** The columns that say yes; undefined if one says nothing. */
function flagged(
  { columns: names }: Table,
  row: readonly string[],
  columns: readonly number[],
): string[] | undefined {
  const answers = columns.map((at) => row[at]?.trim().toLowerCase().replace(/\.0*$/, "") ?? "");
  if (answers.includes("")) return undefined;
  return columns.filter((_, i) => YES.has(answers[i] ?? "")).map((at) => names[at] ?? "");
}

function split(cell: string, { separator, missing }: LabelOptions): string[] | undefined {
  if (!hasText(cell, missing)) return undefined;
  return separator === undefined ? [cell] : cell.split(separator).filter((part) => part.trim() !== "");
}

/** Prodigy: an answer other than "accept" means that the label doesn't apply. */
function dropRejected(
  table: Table,
  { tool }: Understood,
  { columns }: LabelOptions,
  rows: readonly string[][],
  parts: (string[] | undefined)[],
  notes: Note[],
): void {
  const answer = table.columns.indexOf("answer");
  if (tool !== "Prodigy" || answer < 0 || columns.includes(answer)) return;
  let dropped = 0;
  for (const [i, row] of rows.entries()) {
    if (row[answer] === "accept" || parts[i] === undefined) continue;
    parts[i] = undefined;
    dropped += 1;
  }
  if (dropped === 0) return;
  const words = `${dropped.toLocaleString("en")} rows were rejected or ignored in Prodigy, so their labels don’t count.`;
  notes.push({ code: "answers-rejected", text: words });
}

/** Labels are one if they differ only at invisible ends, or as numbers do (1 and 1.0); the first spelling is the name. */
function countsOf(parts: readonly (readonly string[] | undefined)[], notes: Note[]): Map<string, number> {
  const written = new Map<string, number>();
  for (const labels of parts) {
    for (const label of new Set(labels)) written.set(label, (written.get(label) ?? 0) + 1);
  }
  const cleaned = [...written].map(([label, count]) => [trimmed(label.normalize("NFC")), count] as const);
  const invisible = [...written.keys()].some(hasUnseenEnds);
  if (invisible) {
    notes.push({
      code: "invisible-trimmed",
      text: "Invisible characters at the ends of labels are left out.",
    });
  }
  const numbers = cleaned.every(([label]) => WHOLE.test(label));
  const named = new Map<string, { name: string; count: number }>();
  for (const [label, count] of cleaned) {
    const key = numbers ? String(BigInt(label.replace(/\..*$/, "").replace(/^\+/, ""))) : label;
    const known = named.get(key);
    if (known) known.count += count;
    else named.set(key, { name: label, count });
  }
  const sorted = [...named.values()].sort((a, b) => b.count - a.count);
  return new Map(sorted.filter(({ name }) => name !== "").map(({ name, count }) => [name, count]));
}

/** A character that splits combined labels into parts that all occur in other cells too. */
function separatorIn(names: readonly string[]): string | undefined {
  return SEPARATORS.find((separator) => {
    const combined = names.filter((name) => name.includes(separator));
    if (combined.length === 0) return false;
    const seen = new Map<string, number>();
    const partsOf = (name: string) => name.split(separator).map((part) => part.trim());
    for (const name of names)
      for (const part of new Set(partsOf(name))) seen.set(part, (seen.get(part) ?? 0) + 1);
    return combined.every((name) => partsOf(name).every((part) => part !== "" && (seen.get(part) ?? 0) > 1));
  });
}

/** Labels that look alike, in words. */
const alikeNames = (names: readonly string[]): string[] =>
  alikeLabels(names).map((group) => group.map((name) => `“${name}”`).join(" and "));
