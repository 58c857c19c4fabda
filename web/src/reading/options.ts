/** How a file is read. Plain data: the worker, the page and the browser's store share it. */
export type TextFormat = "delimited" | "jsonl" | "json" | "lines" | "fasttext";
/** The others are detected from the first bytes, and can't be chosen. */
export type Format = TextFormat | "xlsx" | "parquet";

/** Choices of the user; what is undefined is detected. */
export interface ReadOptions {
  format?: TextFormat;
  encoding?: string;
  separator?: string;
  /** Of a workbook. */
  sheet?: string;
  /** The file in a zip archive. */
  member?: string;
  /** Leave out the rows that can't be read, instead of stopping. */
  skipBadRows?: boolean;
}
