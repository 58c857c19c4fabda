import Papa from "papaparse";

import { UnreadableFileError } from "./file-problem";
import { rectangular, type RawTable } from "./table";

/** How a file's text is split into rows. */
export type Format = "csv" | "tsv" | "json" | "jsonl" | "lines";

const BY_EXTENSION: Record<string, Format> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  txt: "lines",
  text: "lines",
};
/** The name of the only column in a file without column names. */
const TEXT = "text";

/** By the file's extension, else by the text's first character. */
export function formatOf(name: string, text: string): Format {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const known = BY_EXTENSION[extension];
  if (known) return known;
  const first = text.trimStart().charAt(0);
  if (first === "{") return "jsonl";
  return first === "[" ? "json" : "lines";
}

/** The rows of a file's text. Throws an UnreadableFileError that names the row or line. */
export function parse(name: string, text: string): RawTable {
  const format = formatOf(name, text);
  if (format === "json") return fromObjects(jsonArray(text));
  if (format === "jsonl") return fromObjects(jsonLines(text));
  if (format === "lines") return { columns: [TEXT], rows: lines(text).map((line) => [line]), warnings: [] };
  return fromDelimited(text, format === "tsv" ? "\t" : "");
}

const lines = (text: string): string[] => text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");

/** `delimiter`: "" to detect it. */
function fromDelimited(text: string, delimiter: string): RawTable {
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    delimitersToGuess: [",", ";", "\t", "|"],
    skipEmptyLines: true,
  });
  const unclosed = errors.find(({ code }) => code === "MissingQuotes");
  if (unclosed) {
    throw new UnreadableFileError(
      "A quotation mark isn’t closed",
      `The field that starts in row ${rowNumber(unclosed)} runs to the end of the file. Close it, and double any quotation mark inside a field.`,
    );
  }
  const warnings = [quoteWarning(errors), lengthWarning(data)].filter((warning) => warning !== undefined);
  return { columns: undefined, rows: rectangular(data), warnings };
}

function quoteWarning(errors: readonly Papa.ParseError[]): string | undefined {
  const odd = errors.filter(({ code }) => code === "InvalidQuotes");
  if (!odd[0]) return undefined;
  return `${countedRows(odd.length)} ${odd.length === 1 ? "has" : "have"} unusual quotation marks, first in row ${rowNumber(odd[0])}. Check the text before you trust the score.`;
}

function lengthWarning(rows: readonly string[][]): string | undefined {
  const width = rows[0]?.length ?? 0;
  const first = rows.findIndex((row) => row.length !== width);
  if (first < 0) return undefined;
  const odd = rows.filter((row) => row.length !== width).length;
  return `${countedRows(odd)} ${odd === 1 ? "has" : "have"} more or fewer fields than the first row (${width}), first in row ${(first + 1).toLocaleString("en")}.`;
}

const countedRows = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
const rowNumber = ({ row }: Papa.ParseError): string => ((row ?? 0) + 1).toLocaleString("en");

function jsonArray(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new UnreadableFileError(
      "This isn’t valid JSON",
      `${reason}. If each line is a separate object, use the extension .jsonl.`,
    );
  }
  if (Array.isArray(value)) return value;
  throw new UnreadableFileError(
    "This JSON isn’t a list",
    "The file must be a list of strings, or of objects with the same fields: [{…}, {…}].",
  );
}

function jsonLines(text: string): unknown[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (error) {
      const reason = error instanceof Error ? error.message : "";
      throw new UnreadableFileError(
        `Line ${(i + 1).toLocaleString("en")} isn’t valid JSON`,
        `${reason}. Every line must be a string in quotes, or an object: {"text": "…"}.`,
      );
    }
  });
}

/** Strings, or objects whose fields become columns in order of appearance. */
function fromObjects(values: readonly unknown[]): RawTable {
  const columns = new Map<string, number>();
  const rows = values.map((value, i) => {
    const row: string[] = [];
    for (const [name, field] of Object.entries(asObject(value, i))) {
      const at = columns.get(name) ?? columns.size;
      columns.set(name, at);
      row[at] = asText(field);
    }
    return row;
  });
  const names = [...columns.keys()];
  return { columns: names, rows: rows.map((row) => names.map((_, at) => row[at] ?? "")), warnings: [] };
}

function asObject(value: unknown, index: number): object {
  if (typeof value === "string") return { [TEXT]: value };
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UnreadableFileError(
    `Entry ${(index + 1).toLocaleString("en")} is neither a string nor an object`,
    'Every entry must be a string, or an object: {"text": "…"}.',
  );
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
