/** A file that was previewed, and what the user chooses of it. Pure functions. */
import Papa from "papaparse";

import type { ApiError } from "../api/client";
import type { ReadOptions } from "../api/files";
import type { FileNote, FilePreview, Offer } from "../api/generated";
import { encodingName, TEXT_FORMATS } from "./words";

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

/** `undefined` takes an option back. For another file of an archive, only options of rows are kept. */
export function changedOptions(options: ReadOptions, change: Changed): ReadOptions {
  if ("member" in change) {
    const { clean, missing, bad_rows } = options;
    return defined({ clean, missing, bad_rows, ...change });
  }
  const { text_column, label_column, label_separator, no_header, columns, ...others } = options;
  const ofColumns = { text_column, label_column, label_separator };
  const kept = OF_COLUMNS.some((name) => name in change)
    ? others
    : { ...others, ...ofColumns, no_header, columns };
  return defined({ ...kept, ...change });
}

const defined = (options: Changed): ReadOptions =>
  Object.fromEntries(Object.entries<unknown>(options).filter(([, value]) => value !== undefined));

export type Changed = { [Name in keyof ReadOptions]?: ReadOptions[Name] | undefined };

/** The options with what the preview shows of the columns, the sheet and the archive, so that the same is read. */
export const shownOptions = ({ options, preview }: Pick<Choosing, "options" | "preview">): ReadOptions => ({
  ...options,
  ...(preview.text_column === null ? {} : { text_column: preview.text_column }),
  ...(preview.read_as.sheet === null ? {} : { sheet: preview.read_as.sheet }),
  ...(preview.read_as.member === null ? {} : { member: preview.read_as.member }),
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
export interface OneClick {
  label: string;
  change: Changed;
}

const quoted = (names: string): string =>
  (Papa.parse<string[]>(names).data[0] ?? []).map((name) => `“${name}”`).join(", ");
const LABELS: Record<string, (value: string) => string> = {
  bad_rows: () => "Skip bad rows",
  clean: () => "Leave out quotes, code and signatures",
  columns: () => "The first row is data",
  format: (value) => `Read as ${TEXT_FORMATS.find((format) => format.value === value)?.name ?? value}`,
  encoding: (value) => `Read as ${encodingName(value)}`,
  label_separator: (value) => `Split at “${value}”`,
  member: (value) => `Read “${value}”`,
  missing: (value) => `Leave out ${quoted(value)}`,
  separator: (value) => `Separate cells at “${value}”`,
  sheet: (value) => `Read the sheet “${value}”`,
  label_column: (value) => `Take ${quoted(value)} as labels`,
};

/** What the server offers. What the user must choose, such as the column with the texts, is chosen elsewhere. */
export const oneClickFor = (offers: readonly Offer[]): OneClick[] =>
  offers.flatMap(({ parameters }) => {
    const name = Object.keys(LABELS).find((known) => parameters[known]);
    const label = name && LABELS[name]?.(parameters[name] ?? "");
    const change = "no_header" in parameters ? { ...parameters, no_header: true } : parameters;
    return label ? [{ label, change }] : [];
  });

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
