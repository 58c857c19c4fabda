import { UnreadableFileError } from "./file-problem";

/** Encodings to choose from when a file has no byte order mark and isn't UTF-8. */
export const ENCODINGS: readonly { name: string; label: string }[] = [
  { name: "windows-1252", label: "Western European (Windows-1252)" },
  { name: "windows-1250", label: "Central European (Windows-1250)" },
  { name: "windows-1251", label: "Cyrillic (Windows-1251)" },
  { name: "windows-1253", label: "Greek (Windows-1253)" },
  { name: "windows-1254", label: "Turkish (Windows-1254)" },
  { name: "windows-1255", label: "Hebrew (Windows-1255)" },
  { name: "windows-1256", label: "Arabic (Windows-1256)" },
  { name: "shift_jis", label: "Japanese (Shift JIS)" },
  { name: "euc-kr", label: "Korean (EUC-KR)" },
  { name: "gb18030", label: "Chinese (GB 18030)" },
  { name: "big5", label: "Chinese (Big5)" },
  { name: "utf-16le", label: "Unicode (UTF-16)" },
];

/** Signatures of binary files that people often mistake for text files. */
const KNOWN_KINDS: readonly { starts: readonly number[]; is: string; hint: string }[] = [
  {
    starts: [0x50, 0x4b, 0x03, 0x04],
    is: "an Excel workbook or another zip archive",
    hint: "Open it in Excel and save the sheet as CSV (UTF-8), or extract the archive.",
  },
  {
    starts: [0xd0, 0xcf, 0x11, 0xe0],
    is: "an old Excel or Word document",
    hint: "Open it and save it as CSV or plain text.",
  },
  { starts: [0x25, 0x50, 0x44, 0x46], is: "a PDF", hint: "Copy its text into a plain text file." },
  { starts: [0x1f, 0x8b], is: "a gzip archive", hint: "Extract it first." },
  { starts: [0x50, 0x41, 0x52, 0x31], is: "a Parquet file", hint: "Convert it to CSV or JSONL." },
];
const MARKS: readonly { starts: readonly number[]; encoding: string }[] = [
  { starts: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { starts: [0xff, 0xfe], encoding: "utf-16le" },
  { starts: [0xfe, 0xff], encoding: "utf-16be" },
];
/** How far to look for a zero byte: text has none, and nearly every binary format has one early. */
const PROBED_BYTES = 65_536;

/**
 * Decodes a file: by its byte order mark, else as `encoding`, else as UTF-8. Throws UnreadableFileError if the bytes
 * aren't text or aren't valid in that encoding.
 */
export function decode(bytes: Uint8Array, encoding?: string): string {
  const marked = MARKS.find(({ starts }) => startsWith(bytes, starts))?.encoding;
  const chosen = marked ?? encoding ?? "utf-8";
  const kind = KNOWN_KINDS.find(({ starts }) => startsWith(bytes, starts));
  if (kind) throw new UnreadableFileError(`The file is ${kind.is}, not a text file`, kind.hint);
  if (!chosen.startsWith("utf-16") && bytes.subarray(0, PROBED_BYTES).includes(0)) {
    throw new UnreadableFileError(
      "This is not a text file",
      "This looks like a binary file (an image?). Choose a CSV, TSV, JSONL or plain text file, or choose its encoding.",
      { encoding: true },
    );
  }
  try {
    return new TextDecoder(chosen, { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFileError(
      `The file isn’t valid ${chosen.toUpperCase()}`,
      `Line ${firstBadLine(bytes, chosen).toLocaleString("en")} has bytes that can’t be decoded. Choose the file’s encoding, or save the file as UTF-8.`,
      { encoding: true },
    );
  }
}

function startsWith(bytes: Uint8Array, starts: readonly number[]): boolean {
  return starts.every((byte, i) => bytes[i] === byte);
}

function firstBadLine(bytes: Uint8Array, encoding: string): number {
  const text = new TextDecoder(encoding).decode(bytes);
  return text.slice(0, text.indexOf("\ufffd")).split("\n").length;
}
