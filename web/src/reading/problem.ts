import type { ReadOptions } from "./options";

/** Why a file can't be read, and what to do. Plain data, because the worker posts it to the page. */
export interface FileProblem {
  /** As in the commands' errors. */
  code: ProblemCode;
  title: string;
  detail: string;
  /** Options that may read the file, the most likely first. */
  offers: Offer[];
  /** The rows that can't be read, if they are the problem. */
  bad: BadRow[];
  /** What the places of the rows count. */
  unit: "line" | "row" | "entry";
}

/** One click that reads the file in another way. */
export interface Offer {
  label: string;
  options: ReadOptions;
}

/** A row that can't be read. */
export interface BadRow {
  /** Where it begins, from 1. */
  place: number;
  code: RowCode;
  why: string;
}

/** What can be wrong with a row. */
export type RowCode = "quote-broken" | "row-ragged" | "nul-byte" | "encoding-unknown" | "json-broken";

export type ProblemCode =
  | RowCode
  | "file-empty"
  | "file-damaged"
  | "file-too-large"
  | "file-unreadable"
  | "layout-unknown"
  | "library-missing"
  | "not-a-table";

/** Thrown while reading; the worker reports its `problem`. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
  readonly problem: FileProblem;

  constructor(code: ProblemCode, title: string, detail: string, offers: Offer[] = [], bad: BadRow[] = []) {
    super(`${title}. ${detail}`);
    this.problem = { code, title, detail, offers, bad, unit: "line" };
  }
}
