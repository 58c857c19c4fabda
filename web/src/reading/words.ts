/** What was understood of a file, in words. */
import type { ReadOptions } from "../api/files";
import type { ReadAs } from "../api/generated";

export type Format = NonNullable<ReadOptions["format"]>;

export const TEXT_FORMATS: readonly { value: Format; name: string }[] = [
  { value: "csv", name: "table (CSV)" },
  { value: "tsv", name: "table (TSV)" },
  { value: "jsonl", name: "JSON lines" },
  { value: "json", name: "JSON" },
  { value: "fasttext", name: "fastText" },
  { value: "lines", name: "one text per line" },
];

/** Encodings to choose from, as Python names them. */
export const ENCODINGS: readonly { value: string; name: string }[] = [
  { value: "utf-8", name: "Unicode (UTF-8)" },
  { value: "cp1252", name: "Western European (Windows-1252)" },
  { value: "cp1250", name: "Central European (Windows-1250)" },
  { value: "cp1251", name: "Cyrillic (Windows-1251)" },
  { value: "cp1253", name: "Greek (Windows-1253)" },
  { value: "cp1254", name: "Turkish (Windows-1254)" },
  { value: "cp1255", name: "Hebrew (Windows-1255)" },
  { value: "cp1256", name: "Arabic (Windows-1256)" },
  { value: "shift_jis", name: "Japanese (Shift JIS)" },
  { value: "euc_kr", name: "Korean (EUC-KR)" },
  { value: "gb18030", name: "Chinese (GB 18030)" },
  { value: "big5", name: "Chinese (Big5)" },
  { value: "utf-16", name: "Unicode (UTF-16)" },
  { value: "utf-16-le", name: "Unicode (UTF-16, little-endian)" },
  { value: "utf-16-be", name: "Unicode (UTF-16, big-endian)" },
];

export const encodingName = (value: string): string =>
  ENCODINGS.find((encoding) => encoding.value === value)?.name ?? value;

const SEPARATORS: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/** The usual separators, and the one that the file has. */
export const separatorChoices = (own: string): { value: string; name: string }[] =>
  [...new Set([...Object.keys(SEPARATORS), own])].map((value) => ({
    value,
    name: SEPARATORS[value] ?? value,
  }));

const PACKINGS: Record<string, string> = { gz: "gzip", zst: "Zstandard", zip: "a zip archive" };

/** What can't be chosen, such as "unpacked from gzip". */
export function fixedFacts({ format, packing, member, tool, sheets }: ReadAs): string[] {
  const from = packing === null ? "" : (PACKINGS[packing] ?? packing);
  const facts = [
    format === "xlsx" ? "Excel workbook" : undefined,
    format === "parquet" ? "Parquet" : undefined,
    sheets.length === 1 ? `sheet ${sheets[0] ?? ""}` : undefined,
    packing === null ? undefined : member === null ? `unpacked from ${from}` : `${member} from ${from}`,
    tool === null ? undefined : `exported from ${tool}`,
  ];
  return facts.filter((fact) => fact !== undefined);
}
