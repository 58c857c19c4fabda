/**
 * One file and what is done with it. Outlives its page, so that a look at another one loses nothing; a run is kept in this
 * browser too, so that a reload loses nothing either.
 */
import { asApiError, type ApiError } from "../../api/client";
import type { Limits, ModelSummary } from "../../api/generated";
import { scoreMany, type Pause } from "../../api/score-many";
import type { FileProblem } from "./file-problem";
import { KeptRun, type KeptFile, type KeptScores, type Keeping } from "./kept-run";
import { Pace } from "./progress";
import { readInWorker } from "./read-in-worker";
import { Scores, type Mark } from "./scores";
import { guessHeader, guessTextColumn, tableOf, type RawTable, type Table } from "./table";

/** How often a run shows its progress; more often would only cost. */
const TICK_MS = 300;
/** How often a run is kept: a reload does no more than this again. */
const SAVE_MS = 2000;

export type Stage =
  | { kind: "empty" }
  | { kind: "reading"; file: File }
  | { kind: "unreadable"; file: File; problem: FileProblem }
  | Choosing
  | Run;

export interface Choosing {
  kind: "choosing";
  file: File;
  /** Chosen by the user where UTF-8 did not do. */
  encoding: string | undefined;
  raw: RawTable;
  table: Table;
  hasHeader: boolean;
  column: number;
}

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
  /** Whether this browser keeps it; undefined while that is not known. */
  keeping: Keeping | undefined;
  /** Whether everything that came out so far has been downloaded. */
  downloaded: boolean;
}

/** Whether something is lost when a run is given up. */
export const isUnsaved = ({ status, done, downloaded }: Run): boolean =>
  status === "running" || (done > 0 && !downloaded);

export class Session {
  private stage: Stage = { kind: "empty" };
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly keeper = new KeptRun();
  private restoring = false;

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

  /** Gives up the file and all that came of it, in the browser's store too. */
  clear = (): Promise<void> => {
    this.stopper.abort();
    this.set({ kind: "empty" });
    return this.keeper.forget();
  };

  /** Takes up what an earlier page left in this browser, and goes on where it was interrupted. */
  restore = async (): Promise<void> => {
    if (this.stage.kind !== "empty" || this.restoring) return;
    this.restoring = true;
    const left = await this.keeper.restored();
    this.restoring = false;
    if (!left || this.snapshot().kind !== "empty") return; // a file was chosen meanwhile
    const { file: how, scores } = left;
    const file = new File([how.bytes], how.name, { type: how.type });
    await this.open(file, how.encoding);
    if (!this.isAt("choosing", file)) return;
    this.setHeader(how.hasHeader);
    this.setColumn(how.column);
    this.takeUp(how, scores);
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
    else this.choose({ file, encoding, raw: reading.table }, guessHeader(reading.table));
  };

  setHeader = (hasHeader: boolean): void => {
    if (this.stage.kind === "choosing") this.choose(this.stage, hasHeader);
  };

  setColumn = (column: number): void => {
    if (this.stage.kind === "choosing") this.set({ ...this.stage, column });
  };

  start = (model: ModelSummary, limits: Limits): void => {
    if (this.stage.kind !== "choosing") return;
    this.tableTop = 0;
    const { file, encoding, hasHeader, column } = this.stage;
    this.run(runOf(this.stage, model, limits));
    void this.keeper.begin({ file, encoding, hasHeader, column, model, limits }).then((keeping) => {
      if (this.stage.kind !== "run" || this.stage.file !== file) return;
      this.set({ ...this.stage, keeping });
      this.save();
    });
  };

  /** What a person says of a row's label; shown in the table and written into the download. */
  mark = (row: number, mark: Mark): void => {
    if (this.stage.kind !== "run") return;
    this.stage.scores.mark(row, mark);
    this.set({ ...this.stage, scores: this.stage.scores.renewed(), downloaded: false });
    this.save();
  };

  /** All that came out so far is in a file now. */
  markDownloaded = (): void => {
    if (this.stage.kind !== "run") return;
    this.set({ ...this.stage, downloaded: true });
    this.save();
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
      const downloaded = this.stage.downloaded && this.stage.done === done;
      const scores = from.scores.renewed();
      this.set({ ...this.stage, ...pacing, done, pause, scores, downloaded, ...changed });
      if (changed.status) this.save();
    };
    this.set({ ...from, status: "running", failure: undefined, pause: undefined });
    pace.sample(Date.now(), done);
    const ticking = setInterval(() => now({}), TICK_MS);
    const saving = setInterval(() => this.save(), SAVE_MS);
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
      .finally(() => {
        clearInterval(ticking);
        clearInterval(saving);
      });
  }

  private choose(
    { file, encoding, raw }: Pick<Choosing, "file" | "encoding" | "raw">,
    hasHeader: boolean,
  ): void {
    const table = tableOf(raw, hasHeader);
    const column = guessTextColumn(table);
    this.set({ kind: "choosing", file, encoding, raw, table, hasHeader, column });
  }

  /** A run as an earlier page kept it: goes on where it was interrupted, and stays stopped where it was stopped. */
  private takeUp(how: KeptFile, left: KeptScores | undefined): void {
    if (this.stage.kind !== "choosing") return;
    const fresh = runOf(this.stage, how.model, how.limits);
    if (left && left.scores.states.length !== fresh.texts.length) {
      void this.clear(); // kept by a version that read the file in another way
      return;
    }
    const scores = left ? new Scores(fresh.texts.length, how.model.labels, left.scores) : fresh.scores;
    const pending = scores.pending().length;
    const status = pending === 0 ? "done" : "stopped";
    const done = fresh.texts.length - pending;
    const run: Run = {
      ...fresh,
      scores,
      status,
      done,
      keeping: "yes",
      downloaded: left?.downloaded ?? false,
    };
    if (pending > 0 && (left?.running ?? true)) this.run(run);
    else this.set(run);
  }

  private save(): void {
    if (this.stage.kind !== "run" || this.stage.keeping !== "yes") return;
    const { scores, status, downloaded } = this.stage;
    this.keeper.save({ scores: scores.stored, running: status === "running", downloaded });
  }

  private isAt(kind: Stage["kind"], file: File): boolean {
    return this.stage.kind === kind && "file" in this.stage && this.stage.file === file;
  }

  private set(stage: Stage): void {
    this.stage = stage;
    this.listeners.forEach((listener) => listener());
  }
}

function runOf({ file, table, column }: Choosing, model: ModelSummary, limits: Limits): Run {
  return {
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
    keeping: undefined,
    downloaded: false,
  };
}

/** The page's. */
export const session = new Session();
