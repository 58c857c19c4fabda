/** What a file is, told from its first bytes, whatever its name. */
import { UnreadableFileError } from "./problem";

export type Packing = "gz" | "zst" | "zip";

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const PACKINGS: readonly { starts: readonly number[]; packing: Packing }[] = [
  { starts: [0x1f, 0x8b], packing: "gz" },
  { starts: [0x28, 0xb5, 0x2f, 0xfd], packing: "zst" },
  { starts: ZIP, packing: "zip" },
  { starts: [0x50, 0x4b, 0x05, 0x06], packing: "zip" }, // an empty one
];
const PARQUET = [0x50, 0x41, 0x52, 0x31];
const COPY = "Copy its text into a plain text file.";
const SAVE = "Open it and save it as CSV, or as an Excel workbook (.xlsx).";
const NO_TEXT = "Choose a table or a text file.";
/** Files that people choose by mistake. */
const REFUSED: readonly { starts: readonly number[]; is: string; hint: string }[] = [
  { starts: [0xd0, 0xcf, 0x11, 0xe0], is: "an old Excel or Word document", hint: SAVE },
  { starts: [0x25, 0x50, 0x44, 0x46], is: "a PDF", hint: COPY },
  { starts: [0x7b, 0x5c, 0x72, 0x74, 0x66], is: "a rich-text document", hint: COPY },
  { starts: [0x89, 0x50, 0x4e, 0x47], is: "an image (PNG)", hint: NO_TEXT },
  { starts: [0xff, 0xd8, 0xff], is: "an image (JPEG)", hint: NO_TEXT },
  { starts: [0x47, 0x49, 0x46, 0x38], is: "an image (GIF)", hint: NO_TEXT },
  {
    starts: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20],
    is: "an SQLite database",
    hint: "Export the table as CSV.",
  },
  { starts: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], is: "an Arrow file", hint: "Save it as Parquet or CSV." },
  { starts: [0x37, 0x7a, 0xbc, 0xaf], is: "a 7z archive", hint: "Extract it first." },
  { starts: [0x52, 0x61, 0x72, 0x21], is: "a RAR archive", hint: "Extract it first." },
  { starts: [0x42, 0x5a, 0x68], is: "a bzip2 archive", hint: "Extract it first." },
  { starts: [0xfd, 0x37, 0x7a, 0x58, 0x5a], is: "an xz archive", hint: "Extract it first." },
];

export const packingOf = (bytes: Uint8Array): Packing | undefined =>
  PACKINGS.find(({ starts }) => startsWith(bytes, starts))?.packing;

export const isParquet = (bytes: Uint8Array): boolean => startsWith(bytes, PARQUET);

/** Throws if the file is of a kind that has no table. */
export function refuseOthers(bytes: Uint8Array): void {
  const kind = REFUSED.find(({ starts }) => startsWith(bytes, starts));
  if (!kind) return;
  throw new UnreadableFileError(
    "not-a-table",
    `The file is ${kind.is}, not a table or a text file`,
    kind.hint,
  );
}

const startsWith = (bytes: Uint8Array, starts: readonly number[]): boolean =>
  starts.every((byte, i) => bytes[i] === byte);
