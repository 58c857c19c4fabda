import { decode } from "./decode";
import { UnreadableFileError, type FileProblem } from "./file-problem";
import { parse } from "./parse";
import type { RawTable } from "./table";

const MEGABYTE = 1_000_000;
/** A browser's tab holds the texts, the table and the scores in memory. */
const MOST_BYTES = 100 * MEGABYTE;
/** Browsers draw no list of more lines than this: their pages have a greatest height. */
const MOST_ROWS = 500_000;

export interface FileToRead {
  file: File;
  /** Chosen by the user where UTF-8 did not do. */
  encoding?: string | undefined;
}

export type Reading = { table: RawTable } | { problem: FileProblem };

/** A file's rows, or why there are none. Runs in a worker, so that the page stays alive meanwhile. */
export async function readFile({ file, encoding }: FileToRead): Promise<Reading> {
  try {
    return { table: await read(file, encoding) };
  } catch (error) {
    if (error instanceof UnreadableFileError) return { problem: error.problem };
    if (error instanceof DOMException) {
      return {
        problem: {
          title: "The browser can’t read the file",
          detail: `${error.message} If it was moved or changed since, choose it again.`,
        },
      };
    }
    throw error;
  }
}

async function read(file: File, encoding: string | undefined): Promise<RawTable> {
  if (file.size === 0) throw empty();
  if (file.size > MOST_BYTES) {
    throw new UnreadableFileError(
      "The file is too large for a page",
      `It has ${Math.round(file.size / MEGABYTE)} MB and this page takes ${MOST_BYTES / MEGABYTE}. Split it, or score it in Python: valence.load().predict(texts).`,
    );
  }
  const text = decode(new Uint8Array(await file.arrayBuffer()), encoding);
  if (text.trim() === "") throw empty();
  const table = parse(file.name, text);
  if (table.rows.length === 0) throw empty();
  if (table.rows.length > MOST_ROWS) {
    throw new UnreadableFileError(
      "The file has too many rows for a page",
      `It has ${table.rows.length.toLocaleString("en")} and this page takes ${MOST_ROWS.toLocaleString("en")}. Split it, or score it in Python: valence.load().predict(texts).`,
    );
  }
  return table;
}

const empty = () =>
  new UnreadableFileError(
    "The file is empty",
    "There is no text in it. Choose one with a text in each row or line.",
  );
