import type { ApiError } from "../api/client";
import type { ReadOptions } from "../api/files";
import type { FileRows, Limits, ModelSummary } from "../api/generated";
import type { Pause } from "../api/score-texts";
import { Scores } from "./scores";

/** Whether a run is stored in this browser, or why not. */
export type SaveState = "yes" | "blocked" | "too-large" | "other-tab";

/** The rows of a file; all have as many cells as there are columns. */
export interface Table {
  columns: string[];
  rows: string[][];
}

/** The texts of a file, and their scores so far. */
export interface Run {
  kind: "run";
  file: File;
  /** How it was read. */
  options: ReadOptions;
  table: Table;
  column: number;
  /** Separates the cells of the file, and so of the results. */
  separator: string | undefined;
  /** The number of bad rows that were left out. */
  skipped: number;
  /** Where each row begins in the file, from 1, and what that counts. */
  places: readonly number[];
  unit: string;
  texts: string[];
  model: ModelSummary;
  limits: Limits;
  /** Replaced by a new object whenever scores arrive. */
  scores: Scores;
  status: "running" | "done" | "stopped" | "failed";
  pause: Pause | undefined;
  failure: ApiError | undefined;
  /** The number of texts with an outcome. */
  done: number;
  perSecond: number | undefined;
  secondsLeft: number | undefined;
  /** Whether this browser stores the run; undefined until known. */
  saveState: SaveState | undefined;
  /** Whether all results so far have been downloaded. */
  downloaded: boolean;
}

/** Whether discarding the run loses anything. */
export const isUnsaved = ({ status, done, downloaded }: Run): boolean =>
  status === "running" || (done > 0 && !downloaded);

/** A file that was read, and how. */
export interface ReadFile {
  file: File;
  options: ReadOptions;
  read: FileRows;
}

/** A run that begins. */
export function runOf({ file, options, read }: ReadFile, model: ModelSummary, limits: Limits): Run {
  const column = read.columns.indexOf(read.text_column);
  return {
    kind: "run",
    file,
    options,
    table: { columns: read.columns, rows: read.rows.map(({ cells }) => cells) },
    column,
    separator: read.read_as.separator ?? undefined,
    skipped: read.rows_left_out,
    places: read.rows.map(({ place }) => place),
    unit: read.unit,
    texts: read.rows.map(({ text, cells }) => text ?? cells[column] ?? ""),
    model,
    limits,
    scores: new Scores(read.rows.length, model.labels),
    status: "running",
    pause: undefined,
    failure: undefined,
    done: 0,
    perSecond: undefined,
    secondsLeft: undefined,
    saveState: undefined,
    downloaded: false,
  };
}
