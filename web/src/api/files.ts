/** Files, which the server reads and doesn't keep. */
import { dataOf } from "./client";
import {
  previewExamples,
  previewFile,
  readFile,
  type FilePreview,
  type FileRows,
  type PreviewFileData,
} from "./generated";

/** How a file is read; what is left out is detected. */
export type ReadOptions = NonNullable<PreviewFileData["query"]>;
export type Preview = (file: File, options: ReadOptions, signal: AbortSignal) => Promise<FilePreview>;

/** The content decides, but plain text has one text per line. */
const MEDIA_TYPES: Record<string, string> = {
  csv: "text/csv",
  json: "application/json",
  jsonl: "application/jsonl",
  ndjson: "application/jsonl",
  tab: "text/tab-separated-values",
  text: "text/plain",
  tsv: "text/tab-separated-values",
  txt: "text/plain",
};

/** A file as the body of a request. */
export function bodyOf(file: File) {
  const ending = /\.([^.]+?)(\.(gz|zst|zip))?$/i.exec(file.name)?.[1]?.toLowerCase() ?? "";
  return {
    headers: { "Content-Type": MEDIA_TYPES[ending] ?? "application/octet-stream" },
    body: file as unknown as string, // sent as it is
    bodySerializer: null,
  };
}

/** What would be read of a file that is scored. Rejects with an ApiError. */
export const previewToScore: Preview = (file, query, signal) =>
  dataOf(previewFile({ ...bodyOf(file), query, signal }));

/** What would be read of a file of examples. Needs the scope `classifiers`. */
export const previewToTrain: Preview = (file, query, signal) =>
  dataOf(previewExamples({ ...bodyOf(file), query, signal }));

/** The options without those that only training has. */
export const optionsToScore = (options: ReadOptions): Omit<ReadOptions, "label_column" | "label_separator"> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !name.startsWith("label_")));

/** All rows of a file. Rejects with an ApiError. */
export const rowsOf = (file: File, options: ReadOptions, signal: AbortSignal): Promise<FileRows> =>
  dataOf(readFile({ ...bodyOf(file), query: optionsToScore(options), signal }));
