import type { ApiError } from "../api/client";
import type { Limits, ModelSummary } from "../api/generated";
import type { Pause } from "../api/score-texts";
import { placesOf, type Choosing } from "../reading/choosing";
import type { Table } from "../reading/table";
import type { SaveState } from "./saved-run";
import { Scores } from "./scores";

/** The texts of a file, and their scores so far. */
export interface Run {
  kind: "run";
  file: File;
  table: Table;
  column: number;
  /** Separates the cells of the file, and so of the results. */
  separator: string | undefined;
  /** The number of bad rows that were left out. */
  skipped: number;
  /** Where each row begins in the file, from 1, and what that counts. */
  places: readonly number[];
  unit: "line" | "row" | "entry";
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

/** A run that begins. */
export function runOf(stage: Choosing, model: ModelSummary, limits: Limits): Run {
  const { file, table, column, reading } = stage;
  return {
    kind: "run",
    file,
    table,
    column,
    separator: reading.understood.separator,
    skipped: reading.bad.length,
    places: placesOf(stage),
    unit: reading.table.unit,
    texts: stage.texts,
    model,
    limits,
    scores: new Scores(table.rows.length, model.labels),
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
