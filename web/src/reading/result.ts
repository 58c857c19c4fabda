/** What was understood of a file. Plain data: the worker, the page and the browser's store share it. */
import type { Format } from "./options";
import type { BadRow, FileProblem, Offer } from "./problem";

/** How quotation marks are used within quoted cells; "none": they are ordinary characters. */
export type Quoting = "doubled" | "backslash" | "none";

export interface Understood {
  format: Format;
  /** Of a text file. */
  encoding?: string;
  /** Of a delimited file. */
  separator?: string;
  quoting?: Quoting;
  /** What the file was unpacked from. */
  archive?: "gz" | "zst" | "zip";
  /** The file in a zip archive. */
  member?: string;
  /** Of a workbook. */
  sheet?: string;
  sheets?: string[];
  /** Whose export it is. */
  tool?: string;
}

/** All rows as read. All have the same number of cells. */
export interface RawTable {
  /** Known from the format; undefined if the first row may hold them. */
  columns: readonly string[] | undefined;
  rows: string[][];
  /** Where each row begins, from 1. */
  places: number[];
  /** What `places` counts. */
  unit: "line" | "row" | "entry";
}

export interface GoodReading {
  table: RawTable;
  understood: Understood;
  /** The rows that were left out. */
  bad: BadRow[];
  notes: Note[];
}

/** Something that was done to the file and may surprise. The codes are those of the commands' notes. */
export interface Note {
  code: NoteCode;
  text: string;
  /** Other readings, each as one click. */
  offers?: Offer[];
}

export type NoteCode =
  | "answers-rejected"
  | "backslash-quotes"
  | "columns-numbered"
  | "invisible-trimmed"
  | "label-spans"
  | "labels-alike"
  | "labels-as-lists"
  | "missing-words"
  | "separator-line"
  | "several-labels"
  | "sheets-several";

/** `understood` is missing if nothing could be told of the file. */
export type Reading = GoodReading | { problem: FileProblem; understood?: Understood };
