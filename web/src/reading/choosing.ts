/** A file that was previewed, and what the user chooses of it. Pure functions. */
import Papa from "papaparse";

import type { ApiError } from "../api/client";
import type { ReadOptions } from "../api/files";
import type { FileNote, FilePreview } from "../api/generated";
import { encodingName } from "./words";

export interface Choosing {
  kind: "choosing";
  file: File;
  options: ReadOptions;
  preview: FilePreview;
  /** Whether the file is being previewed again with other options; this preview stays until then. */
  isRereading: boolean;
  /** Whether all of it is being read. */
  isReading: boolean;
  /** Why not all of it could be read. */
  problem: ApiError | undefined;
}

/** Options that change the columns, so that what was chosen of these is forgotten. */
const OF_COLUMNS = ["format", "encoding", "separator", "sheet", "no_header"] as const;

/** `undefined` takes an option back. */
export function changedOptions(options: ReadOptions, change: Changed): ReadOptions {
  const { text_column, label_column, label_separator, no_header, columns, ...others } = options;
  const ofColumns = { text_column, label_column, label_separator };
  const kept = OF_COLUMNS.some((name) => name in change)
    ? others
    : { ...others, ...ofColumns, no_header, columns };
  return Object.fromEntries(
    Object.entries({ ...kept, ...change }).filter(([, value]) => value !== undefined),
  );
}

export type Changed = { [Name in keyof ReadOptions]?: ReadOptions[Name] | undefined };

/** The options with what the preview shows of the columns and the sheet, so that the same is read. */
export const shownOptions = ({ options, preview }: Pick<Choosing, "options" | "preview">): ReadOptions => ({
  ...options,
  ...(preview.text_column === null ? {} : { text_column: preview.text_column }),
  ...(preview.read_as.sheet === null ? {} : { sheet: preview.read_as.sheet }),
});

/** Names as a parameter has them. */
export const listed = (names: readonly string[]): string => Papa.unparse([[...names]]);

/** Reads the first row as data, or as the names of the columns. */
export const headerChange = ({ columns }: FilePreview, hasHeader: boolean): Changed =>
  hasHeader
    ? { no_header: undefined, columns: undefined }
    : { no_header: true, columns: listed(columns.map((_, i) => `column ${i + 1}`)) };

/** Whether the first row could be data. */
export const mayHaveHeader = ({ read_as: { separator, sheet } }: FilePreview): boolean =>
  separator !== null || sheet !== null;

/** What else would read the file, as one click. */
export interface Offer {
  label: string;
  change: Changed;
}

const PARAMETER = /`(\w+)=([^`]+)`/g;
const quoted = (value: string): string =>
  value
    .split(",")
    .map((word) => `“${word}”`)
    .join(", ");
const LABELS: Record<string, (value: string) => string> = {
  bad_rows: () => "Skip bad rows",
  clean: () => "Leave out quotes, code and signatures",
  columns: () => "The first row is data",
  encoding: (value) => `Read as ${encodingName(value)}`,
  label_separator: (value) => `Split at ${quoted(value)}`,
  missing: (value) => `Leave out ${quoted(value)}`,
};

/** The options that the server's words offer, such as `bad_rows=skip`. */
export function offersIn(words: string): Offer[] {
  return [...words.matchAll(PARAMETER)].flatMap(([, name = "", value = ""]) => {
    const label = LABELS[name]?.(value);
    if (label === undefined) return [];
    return [{ label, change: { [name]: value, ...(name === "columns" ? { no_header: true } : {}) } }];
  });
}

/** The server's words without the sentences that name parameters, which are buttons here. */
export const withoutParameters = (words: string): string =>
  words
    .split(/(?<=[.!?]) /)
    .filter((sentence) => !sentence.includes("`"))
    .join(" ");

/** Problems that aren't about labels: the texts can be scored, or labelled, without them. */
const OF_READING = new Set([
  "columns-clash",
  "encoding-unknown",
  "header-missing",
  "json-broken",
  "nul-byte",
  "quote-broken",
  "row-ragged",
  "text-no-string",
]);

/** Why the file can't be read as it is. */
export const problemsOf = ({ problems, text_column }: FilePreview): FileNote[] =>
  text_column === null ? problems : problems.filter(({ code }) => OF_READING.has(code));

/** Whether all of the file can be read, as far as is known. */
export const isReady = ({ preview, isRereading, isReading }: Choosing): boolean =>
  !isRereading && !isReading && preview.text_column !== null && problemsOf(preview).length === 0;

/** The rows of the file, if all were read. */
export const rowsIn = ({ rows, complete }: FilePreview): number | undefined => (complete ? rows : undefined);
