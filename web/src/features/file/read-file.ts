import { decode } from "./decode";
import { UnreadableFileError, type FileProblem } from "./file-problem";
import { parse } from "./parse";
import type { RawTable } from "./table";

const MEGABYTE = 1_000_000;
/** The tab holds the texts, the table and the scores in memory. */
const MAX_BYTES = 100 * MEGABYTE;
/** A longer table would exceed the browsers' maximum element height. */
const MAX_ROWS = 500_000;

export interface FileToRead {
  file: File;
  /** Chosen by the user if the file isn't UTF-8. */
  encoding?: string | undefined;
}

export type Reading = { table: RawTable } | { problem: FileProblem };

/** A file's rows, or why it can't be read. Runs in a worker, so that the page stays responsive. */
export async function readFile({ file, encoding }: FileToRead): Promise<Reading> {
  try {
    return { table: await read(file, encoding) };
  } catch (error) {
    if (error instanceof UnreadableFileError) return { problem: error.problem };
    if (error instanceof DOMException) {
      return {
        problem: {
          title: "The browser can’t read the file",
          detail: `${error.message} If the file was moved or changed, choose it again.`,
        },
      };
    }
    throw error;
  }
}

async function read(file: File, encoding: string | undefined): Promise<RawTable> {
  if (file.size === 0) throw empty();
  if (file.size > MAX_BYTES) {
    throw new UnreadableFileError(
      "The file is too large for this page",
      `It has ${Math.round(file.size / MEGABYTE)} MB and the limit is ${MAX_BYTES / MEGABYTE} MB. Split it, or score it in Python: valence.load().predict(texts).`,
    );
  }
  const text = decode(new Uint8Array(await file.arrayBuffer()), encoding);
  if (text.trim() === "") throw empty();
  const table = parse(file.name, text);
  if (table.rows.length === 0) throw empty();
  if (table.rows.length > MAX_ROWS) {
    throw new UnreadableFileError(
      "The file has too many rows for this page",
      `It has ${table.rows.length.toLocaleString("en")} and the limit is ${MAX_ROWS.toLocaleString("en")}. Split it, or score it in Python: valence.load().predict(texts).`,
    );
  }
  return table;
}

const empty = () =>
  new UnreadableFileError("The file is empty", "Choose a file with one text per row or line.");
