/** How a text file is split into rows. */
import { sniffSeparator, parseDelimited } from "./delimited";
import { looksLikeFastText } from "./lines";
import type { TextFormat } from "./options";

const BY_EXTENSION: Record<string, TextFormat> = {
  csv: "delimited",
  tsv: "delimited",
  tab: "delimited",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
};
/** Enough rows to see whether a text without an extension is a table. */
const SAMPLED_ROWS = 20;
const SAMPLED_CHARS = 65_536;

/** By the text's beginning; if that tells nothing, by the file's extension, else by whether it looks like a table. */
export function formatOf(name: string, text: string): TextFormat {
  const start = text.trimStart();
  if (looksLikeFastText(start)) return "fasttext";
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const named = BY_EXTENSION[extension];
  if (start.startsWith("{"))
    return firstLineIsObject(start) && !(named === "json" && isOneLine(start)) ? "jsonl" : "json";
  if (start.startsWith("[") && (named !== "delimited" || isJson(start)))
    return named === "jsonl" && !isJson(start) ? "jsonl" : "json";
  return named ?? (looksLikeTable(start) ? "delimited" : "lines");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isOneLine = (text: string): boolean => !text.trimEnd().includes("\n");

const firstLineIsObject = (text: string): boolean => isJson(text.slice(0, text.search(/[\r\n]|$/)));

/** Whether tabs or semicolons separate the same number of cells in each row: commas are in sentences too. */
function looksLikeTable(text: string): boolean {
  const sample = text.slice(0, SAMPLED_CHARS);
  const separator = sniffSeparator(sample);
  if (separator !== "\t" && separator !== ";" && separator !== "|") return false;
  const { rows } = parseDelimited(sample, { separator, quoting: "doubled" }, { most: SAMPLED_ROWS });
  return rows.length > 1 && rows.every((row) => row.length === rows[0]?.length);
}
