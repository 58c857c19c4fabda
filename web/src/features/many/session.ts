/**
 * One file and what is done with it. Outlives its page, so that a look at another one loses nothing; lives in this tab's
 * memory and nowhere else.
 */
import { asApiError, type ApiError } from "../../api/client";
import type { Limits, ModelSummary } from "../../api/generated";
import { scoreMany, type Pause } from "../../api/score-many";
import type { FileProblem } from "./file-problem";
import { Pace } from "./progress";
import { readInWorker } from "./read-in-worker";
import { Scores } from "./scores";
import { guessHeader, guessTextColumn, tableOf, type RawTable, type Table } from "./table";

/** How often a run shows its progress; more often would only cost. */
const TICK_MS = 300;

export type Stage =
  | { kind: "empty" }
  | { kind: "reading"; file: File }
  | { kind: "unreadable"; file: File; problem: FileProblem }
  | { kind: "choosing"; file: File; raw: RawTable; table: Table; hasHeader: boolean; column: number }
  | Run;

export interface Run {
  kind: "run";
  file: File;
  table: Table;
  column: number;
  texts: string[];
  model: ModelSummary;
  limits: Limits;
  /** Renewed whenever there are new ones. */
  scores: Scores;
  status: "running" | "done" | "stopped" | "failed";
  pause: Pause | undefined;
  failure: ApiError | undefined;
  /** Texts with an outcome. */
  done: number;
  perSecond: number | undefined;
  secondsLeft: number | undefined;
}

export class Session {
  private stage: Stage = { kind: "empty" };
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Stage => this.stage;

  /** How far the table of rows is scrolled, in pixels, for when one comes back from another page. */
  tableTop = 0;

  setTableTop = (top: number): void => {
    this.tableTop = top;
  };

  clear = (): void => {
    this.stopper.abort();
    this.set({ kind: "empty" });
  };

  open = async (file: File, encoding?: string): Promise<void> => {
    this.stopper.abort();
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    this.set({ kind: "reading", file });
    const reading = await readInWorker({ file, encoding }, signal).catch((error: unknown) => ({
      problem: { title: "The file could not be read", detail: asApiError(error).detail },
    }));
    if (signal.aborted) return;
    if ("problem" in reading) this.set({ kind: "unreadable", file, problem: reading.problem });
    else this.choose(file, reading.table, guessHeader(reading.table));
  };

  setHeader = (hasHeader: boolean): void => {
    if (this.stage.kind === "choosing") this.choose(this.stage.file, this.stage.raw, hasHeader);
  };

  setColumn = (column: number): void => {
    if (this.stage.kind === "choosing") this.set({ ...this.stage, column });
  };

  start = (model: ModelSummary, limits: Limits): void => {
    if (this.stage.kind !== "choosing") return;
    this.tableTop = 0;
    const { file, table, column } = this.stage;
    this.run({
      kind: "run",
      file,
      table,
      column,
      texts: table.rows.map((row) => row[column] ?? ""),
      model,
      limits,
      scores: new Scores(table.rows.length, model.labels),
      status: "running",
      pause: undefined,
      failure: undefined,
      done: 0,
      perSecond: undefined,
      secondsLeft: undefined,
    });
  };

  stop = (): void => this.stopper.abort();

  goOn = (): void => {
    if (this.stage.kind === "run" && this.stage.status !== "running") this.run(this.stage);
  };

  /** Scores what is left, and shows where it is every so often. */
  private run(from: Run): void {
    this.stopper.abort();
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const pace = new Pace();
    let done = from.done;
    let pause: Pause | undefined;
    const now = (changed: Partial<Run>): void => {
      if (this.stage.kind !== "run" || this.stage.texts !== from.texts) return; // another file was opened meanwhile
      pace.sample(Date.now(), done);
      const pacing = { perSecond: pace.perSecond(), secondsLeft: pace.secondsLeft(from.texts.length) };
      this.set({ ...this.stage, ...pacing, done, pause, scores: from.scores.renewed(), ...changed });
    };
    this.set({ ...from, status: "running", failure: undefined, pause: undefined });
    pace.sample(Date.now(), done);
    const ticking = setInterval(() => now({}), TICK_MS);
    scoreMany({
      texts: from.texts,
      indices: from.scores.pending(),
      model: from.model.version,
      limits: from.limits,
      signal,
      onOutcome: (row, outcome) => {
        from.scores.put(row, outcome);
        done += 1;
      },
      onPause: (next) => {
        pause = next;
      },
    })
      .then(() => now({ status: "done", pause: undefined }))
      .catch((error: unknown) =>
        now(
          signal.aborted
            ? { status: "stopped", pause: undefined }
            : { status: "failed", pause: undefined, failure: asApiError(error) },
        ),
      )
      .finally(() => clearInterval(ticking));
  }

  private choose(file: File, raw: RawTable, hasHeader: boolean): void {
    const table = tableOf(raw, hasHeader);
    this.set({ kind: "choosing", file, raw, table, hasHeader, column: guessTextColumn(table) });
  }

  private set(stage: Stage): void {
    this.stage = stage;
    this.listeners.forEach((listener) => listener());
  }
}

/** The page's. */
export const session = new Session();
