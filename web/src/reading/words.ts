/** What was understood of a file, in words. */
import type { TextFormat } from "./options";
import type { Understood } from "./result";

export const TEXT_FORMATS: readonly { value: TextFormat; name: string }[] = [
  { value: "delimited", name: "table (CSV, TSV)" },
  { value: "jsonl", name: "JSON lines" },
  { value: "json", name: "JSON" },
  { value: "fasttext", name: "fastText" },
  { value: "lines", name: "one text per line" },
];

const SEPARATORS: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/** The usual separators, and the one that the file has. */
export const separatorChoices = (own: string): { value: string; name: string }[] =>
  [...new Set([...Object.keys(SEPARATORS), own])].map((value) => ({
    value,
    name: SEPARATORS[value] ?? value,
  }));

const ARCHIVES = { gz: "gzip", zst: "Zstandard", zip: "a zip archive" };

/** What can't be chosen, such as "unpacked from gzip". */
export function fixedFacts({
  format,
  archive,
  member,
  tool,
  quoting,
  separator,
  sheet,
  sheets,
}: Understood): string[] {
  const facts = [
    format === "xlsx" ? "Excel workbook" : undefined,
    format === "parquet" ? "Parquet" : undefined,
    sheets?.length === 1 ? `sheet ${sheet ?? ""}` : undefined,
    archive &&
      (member === undefined ? `unpacked from ${ARCHIVES[archive]}` : `${member} from ${ARCHIVES[archive]}`),
    tool && `exported from ${tool}`,
    quoting === "none" && separator !== "\t" ? "quotation marks are text" : undefined,
  ];
  return facts.filter((fact) => fact !== undefined);
}
