import { checkIsText, decode, likelyEncodings } from "./decode";
import { readDelimited } from "./delimited-table";
import { readJsonArray, readJsonLines } from "./json";
import { isParquet, refuseOthers } from "./kind";
import { readFastText, readLines } from "./lines";
import type { ReadOptions, TextFormat } from "./options";
import type { GoodReading, Reading, Understood } from "./result";
import { readParquet } from "./parquet";
import { UnreadableFileError, type FileProblem, type Offer } from "./problem";
import { formatOf } from "./text-format";
import { unpack } from "./unpack";
import { readWorkbook } from "./workbook";

const MEGABYTE = 1_000_000;
/** The tab holds the texts, the table and the scores in memory. */
const MAX_BYTES = 100 * MEGABYTE;
/** A longer table would exceed the browsers' maximum element height. */
const MAX_ROWS = 500_000;

export interface FileToRead {
  file: File;
  options?: ReadOptions | undefined;
}

/** A file's rows, or why it can't be read. Runs in a worker, so that the page stays responsive. */
export async function readFile({ file, options = {} }: FileToRead): Promise<Reading> {
  const understood: Partial<Understood> = {};
  try {
    const reading = await read(file, options, understood);
    checkRows(reading);
    if (reading.bad.length === 0 || options.skipBadRows) return reading;
    return { problem: await badRows(reading, file), understood: reading.understood };
  } catch (error) {
    const { format } = understood;
    return {
      problem: problemOf(error),
      ...(format === undefined ? {} : { understood: { ...understood, format } }),
    };
  }
}

function problemOf(error: unknown): FileProblem {
  if (error instanceof UnreadableFileError) return error.problem;
  const reason = error instanceof Error ? error.message : String(error);
  const title = "The browser can’t read the file";
  const detail = `${reason} If the file was moved or changed, choose it again.`;
  return { code: "file-unreadable", title, detail, offers: [], bad: [], unit: "line" };
}

/** Notes in `understood` what it understands, so that it isn't lost with an error. */
async function read(file: File, options: ReadOptions, understood: Partial<Understood>): Promise<GoodReading> {
  if (file.size === 0) throw empty();
  if (file.size > MAX_BYTES) throw tooLarge(file);
  const whole = new Uint8Array(await file.arrayBuffer());
  refuseOthers(whole);
  const { name, bytes, from, workbook } = await unpack({ name: file.name, bytes: whole }, options, MAX_BYTES);
  Object.assign(understood, from);
  const reading = workbook
    ? await readWorkbook(bytes, options)
    : isParquet(bytes)
      ? await readParquet(bytes, MAX_ROWS)
      : await readText(name, bytes, options, understood);
  return { ...reading, understood: { ...understood, ...reading.understood } };
}

async function readText(
  name: string,
  bytes: Uint8Array,
  options: ReadOptions,
  understood: Partial<Understood>,
): Promise<GoodReading> {
  refuseOthers(bytes);
  const { text, encoding } = decode(bytes, options.encoding);
  if (text.trim() === "") throw empty();
  checkIsText(text, text.includes("\0") ? await likelyEncodings(bytes, encoding) : []);
  const format: TextFormat = options.format ?? formatOf(name, text);
  Object.assign(understood, { encoding, format });
  return READERS[format]({ name, text, options });
}

type TextReader = (file: { name: string; text: string; options: ReadOptions }) => GoodReading;

const READERS: Record<TextFormat, TextReader> = {
  delimited: ({ name, text, options }) => readDelimited(name, text, options),
  jsonl: ({ text }) => readJsonLines(text),
  json: ({ text }) => readJsonArray(text),
  fasttext: ({ text }) => readFastText(text),
  lines: ({ text }) => readLines(text),
};

/** The first row that can't be read, and how the others can be. */
async function badRows({ table, understood, bad }: GoodReading, file: File): Promise<FileProblem> {
  const [first] = bad;
  const { unit, rows } = table;
  const place = `${unit.charAt(0).toUpperCase()}${unit.slice(1)} ${(first?.place ?? 0).toLocaleString("en")}`;
  const count = bad.length.toLocaleString("en");
  const more = bad.length === 1 ? "" : `${(bad.length - 1).toLocaleString("en")} more can’t be read either. `;
  const skip: Offer = {
    label: `Skip ${count} bad ${bad.length === 1 ? "row" : "rows"}`,
    options: { skipBadRows: true },
  };
  const encodings =
    first?.code === "encoding-unknown" || first?.code === "nul-byte"
      ? await likelyEncodings(new Uint8Array(await file.arrayBuffer()), understood.encoding ?? "")
      : [];
  const ways = rows.length === 0 ? encodings : [...encodings, skip];
  return {
    code: first?.code ?? "layout-unknown",
    title: `${place} can’t be read: ${first?.why ?? ""}`,
    detail: `${more}${rows.length === 0 ? "No row can be read." : "The other rows can be read."}`,
    offers: ways,
    bad: [...bad],
    unit,
  };
}

function checkRows({ table: { rows }, bad }: GoodReading): void {
  if (rows.length === 0 && bad.length === 0) throw empty();
  if (rows.length <= MAX_ROWS) return;
  throw new UnreadableFileError(
    "file-too-large",
    "The file has too many rows for this page",
    `It has ${rows.length.toLocaleString("en")} and the limit is ${MAX_ROWS.toLocaleString("en")}. ${SPLIT}`,
  );
}

const SPLIT = "Split it, or score it with the command: valence score.";
const tooLarge = ({ size }: File) =>
  new UnreadableFileError(
    "file-too-large",
    "The file is too large for this page",
    `It has ${Math.round(size / MEGABYTE)} MB and the limit is ${MAX_BYTES / MEGABYTE} MB. ${SPLIT}`,
  );
const empty = () =>
  new UnreadableFileError("file-empty", "The file is empty", "Choose a file with one text per row or line.");
