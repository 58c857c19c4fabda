import Papa from "papaparse";

import { UnreadableFileError } from "./file-problem";
import { rectangular, type RawTable } from "./table";

/** How a file's text is cut into rows. */
export type Format = "csv" | "tsv" | "json" | "jsonl" | "lines";

const BY_ENDING: Record<string, Format> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  txt: "lines",
  text: "lines",
};
/** The name of the only column of a file that names none. */
const TEXT = "text";

/** By the name's ending, else by how the text begins. */
export function formatOf(name: string, text: string): Format {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const known = BY_ENDING[ending];
  if (known) return known;
  const begins = text.trimStart().charAt(0);
  if (begins === "{") return "jsonl";
  return begins === "[" ? "json" : "lines";
}

/** The rows of a file's text. Throws UnreadableFileError that names the row or line at fault. */
export function parse(name: string, text: string): RawTable {
  const format = formatOf(name, text);
  if (format === "json") return fromObjects(jsonArray(text));
  if (format === "jsonl") return fromObjects(jsonLines(text));
  if (format === "lines") return { columns: [TEXT], rows: lines(text).map((line) => [line]), cautions: [] };
  return fromDelimited(text, format === "tsv" ? "\t" : "");
}

const lines = (text: string): string[] => text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");

/** `delimiter` "" means: find out. */
function fromDelimited(text: string, delimiter: string): RawTable {
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    delimitersToGuess: [",", ";", "\t", "|"],
    skipEmptyLines: true,
  });
  const unclosed = errors.find(({ code }) => code === "MissingQuotes");
  if (unclosed) {
    throw new UnreadableFileError(
      "A quotation mark is never closed",
      `The field that opens in row ${rowNumber(unclosed)} runs to the end of the file. Close it, or write a quotation mark inside a field twice.`,
    );
  }
  const cautions = [quoteCaution(errors), lengthCaution(data)].filter((each) => each !== undefined);
  return { columns: undefined, rows: rectangular(data), cautions };
}

function quoteCaution(errors: readonly Papa.ParseError[]): string | undefined {
  const odd = errors.filter(({ code }) => code === "InvalidQuotes");
  if (!odd[0]) return undefined;
  return `Quotation marks are odd in ${countedRows(odd.length)}, the first of them row ${rowNumber(odd[0])}: look at its text before you trust its score.`;
}

function lengthCaution(rows: readonly string[][]): string | undefined {
  const width = rows[0]?.length ?? 0;
  const first = rows.findIndex((row) => row.length !== width);
  if (first < 0) return undefined;
  const odd = rows.filter((row) => row.length !== width).length;
  return `${countedRows(odd)} ${odd === 1 ? "has" : "have"} more or fewer fields than the first row (${width}); the first of them is row ${(first + 1).toLocaleString("en")}.`;
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
      `${reason}. If each line is an object of its own, name it .jsonl.`,
    );
  }
  if (Array.isArray(value)) return value;
  throw new UnreadableFileError(
    "This JSON isn’t a list",
    "The file must be a list of texts, or of objects with the same fields: [{…}, {…}].",
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
        `${reason}. Every line must be a text in quotes, or an object: {"text": "…"}.`,
      );
    }
  });
}

/** Texts, or objects: their fields become columns, in the order in which they are met. */
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
  return { columns: names, rows: rows.map((row) => names.map((_, at) => row[at] ?? "")), cautions: [] };
}

function asObject(value: unknown, index: number): object {
  if (typeof value === "string") return { [TEXT]: value };
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UnreadableFileError(
    `Entry ${(index + 1).toLocaleString("en")} is neither a text nor an object`,
    'Every entry must be a text in quotes, or an object with its fields: {"text": "…"}.',
  );
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
