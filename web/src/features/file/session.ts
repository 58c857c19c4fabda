/**
 * One file and its run. Survives navigation to another page; a run is also stored in this browser, so that it survives a
 * reload.
 */
import { asApiError } from "../../api/client";
import type { Limits, ModelSummary } from "../../api/generated";
import { scoreTexts, type Pause } from "../../api/score-texts";
import * as choosing from "./choosing";
import type { Choosing } from "./choosing";
import { Pace } from "./pace";
import type { ReadOptions } from "./reading/options";
import type { Reading, Understood } from "./reading/result";
import type { FileProblem } from "./reading/problem";
import { holdPosts, ownWords, readInWorker } from "./reading/read-in-worker";
import { runOf, type Run } from "./run";
import { SavedRun, type SavedFile, type SavedScores } from "./saved-run";
import { Scores, type Mark } from "./scores";

/** How often a run shows its progress. */
const TICK_MS = 300;
/** How often a run is stored; a reload repeats at most this much work. */
const SAVE_MS = 2000;

export type Stage = { kind: "empty" } | { kind: "reading"; file: File } | Unreadable | Choosing | Run;

export interface Unreadable {
  kind: "unreadable";
  file: File;
  options: ReadOptions;
  problem: FileProblem;
  understood: Understood | undefined;
  /** Whether the file is being read again with other options. */
  isRereading: boolean;
}

export class Session {
  private stage: Stage = { kind: "empty" };
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly savedRun = new SavedRun();
  private restoring = false;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Stage => this.stage;

  /** The table's scroll position in pixels, to be restored after a visit to another page. */
  tableTop = 0;

  setTableTop = (top: number): void => {
    this.tableTop = top;
  };

  /** Discards the file and its results, in the browser's storage too. */
  clear = (): Promise<void> => {
    this.stopper.abort();
    this.set({ kind: "empty" });
    return this.savedRun.discard();
  };

  /** Restores the run stored in this browser, and resumes it if it was interrupted. */
  restore = async (): Promise<void> => {
    if (this.stage.kind !== "empty" || this.restoring) return;
    this.restoring = true;
    const stored = await this.savedRun.load();
    this.restoring = false;
    if (!stored || this.snapshot().kind !== "empty") return; // a file was chosen in the meantime
    const { file: saved, scores } = stored;
    const file = new File([saved.bytes], saved.name, { type: saved.type });
    await this.open(file, saved.options);
    if (!this.isAt("choosing", file)) return;
    this.change(choosing.withHeader, saved.hasHeader);
    this.change(choosing.withColumn, saved.column);
    this.change(choosing.withMissing, saved.missing);
    await this.setClean(saved.clean);
    this.restoreRun(saved, scores);
  };

  open = async (file: File, options: ReadOptions = {}): Promise<void> => {
    const signal = this.startReading();
    this.set({ kind: "reading", file });
    const reading = await readInWorker({ file, options }, signal);
    if (!signal.aborted) await this.show(file, options, reading);
  };

  /** Reads the file again with other options, and shows the current reading until then. */
  reread = async (changed: ReadOptions): Promise<void> => {
    const before = this.stage;
    if (before.kind !== "choosing" && before.kind !== "unreadable") return;
    const { file } = before;
    const options = { ...before.options, ...changed };
    const signal = this.startReading();
    this.set({ ...before, options, isRereading: true });
    const reading = await readInWorker({ file, options }, signal);
    if (!signal.aborted) await this.show(file, options, reading);
  };

  /** Changes what is chosen of the file that was read, such as choosing.withColumn. */
  change = <Value>(by: (stage: Choosing, value: Value) => Choosing, value: Value): void => {
    if (this.stage.kind !== "choosing") return;
    this.set(by(this.stage, value));
    if (this.stage.clean === undefined) void this.lookForPosts();
  };

  /** Reduces forum posts to their authors' words, or scores them as they are. */
  setClean = async (clean: boolean): Promise<void> => {
    if (this.stage.kind !== "choosing") return;
    const before = choosing.withClean(this.stage, clean);
    this.set(before);
    if (!clean) return;
    const own = await ownWords(choosing.cellsOf(before)).catch(() => undefined);
    const now = this.still(before);
    if (now?.clean) this.set(choosing.withOwn(now, own));
  };

  /** Scores the texts, once it is known which. */
  start = async (model: ModelSummary, limits: Limits): Promise<void> => {
    if (this.stage.kind !== "choosing") return;
    const { file } = this.stage;
    if (!choosing.isReady(this.stage)) await this.untilReady();
    if (!this.isAt("choosing", file)) return;
    this.begin(this.stage, model, limits);
  };

  private begin(stage: Choosing, model: ModelSummary, limits: Limits): void {
    this.tableTop = 0;
    const { file, options, hasHeader, column, missing, clean = false } = stage;
    this.run(runOf(stage, model, limits));
    void this.savedRun
      .begin({ file, options, hasHeader, column, missing, clean, model, limits })
      .then((saveState) => {
        if (this.stage.kind !== "run" || this.stage.file !== file) return;
        this.set({ ...this.stage, saveState });
        this.save();
      });
  }

  /** Until it is known which texts would be scored, or the file is gone. */
  private untilReady(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.stage.kind === "choosing" && !choosing.isReady(this.stage)) return;
        stop();
        resolve();
      };
      const stop = this.subscribe(check);
    });
  }

  /** Records a person's verdict on a row, for the table and the download. */
  mark = (row: number, mark: Mark): void => {
    if (this.stage.kind !== "run") return;
    this.stage.scores.mark(row, mark);
    this.set({ ...this.stage, scores: this.stage.scores.renewed(), downloaded: false });
    this.save();
  };

  /** All results so far have been downloaded. */
  markDownloaded = (): void => {
    if (this.stage.kind !== "run") return;
    this.set({ ...this.stage, downloaded: true });
    this.save();
  };

  stop = (): void => this.stopper.abort();

  resume = (): void => {
    if (this.stage.kind === "run" && this.stage.status !== "running") this.run(this.stage);
  };

  /** Scores the pending rows and publishes the progress at intervals. */
  private run(from: Run): void {
    this.stopper.abort();
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const pace = new Pace();
    let done = from.done;
    let pause: Pause | undefined;
    const publish = (changed: Partial<Run>): void => {
      if (this.stage.kind !== "run" || this.stage.texts !== from.texts) return; // another file was opened in the meantime
      pace.sample(Date.now(), done);
      const pacing = { perSecond: pace.perSecond(), secondsLeft: pace.secondsLeft(from.texts.length) };
      const downloaded = this.stage.downloaded && this.stage.done === done;
      const scores = from.scores.renewed();
      this.set({ ...this.stage, ...pacing, done, pause, scores, downloaded, ...changed });
      if (changed.status) this.save();
    };
    this.set({ ...from, status: "running", failure: undefined, pause: undefined });
    pace.sample(Date.now(), done);
    const ticking = setInterval(() => publish({}), TICK_MS);
    const saving = setInterval(() => this.save(), SAVE_MS);
    scoreTexts({
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
      .then(() => publish({ status: "done", pause: undefined }))
      .catch((error: unknown) =>
        publish(
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

  private startReading(): AbortSignal {
    this.stopper.abort();
    this.stopper = new AbortController();
    return this.stopper.signal;
  }

  private async show(file: File, options: ReadOptions, reading: Reading): Promise<void> {
    if ("problem" in reading) {
      const { problem, understood } = reading;
      this.set({ kind: "unreadable", file, options, problem, understood, isRereading: false });
      return;
    }
    const previous = this.stage.kind === "choosing" ? this.stage : undefined;
    const stage = choosing.choosingOf(file, options, reading, previous);
    this.set(stage);
    if (stage.clean === undefined) await this.lookForPosts();
    else await this.setClean(stage.clean);
  }

  /** Leaves out quotes if some of the texts look like forum posts; not if the code that tells can't be loaded. */
  private async lookForPosts(): Promise<void> {
    const before = this.stage;
    if (before.kind !== "choosing") return;
    const arePosts = await holdPosts(choosing.cellsOf(before)).catch(() => false);
    const now = this.still(before);
    if (now && now.clean === undefined) await this.setClean(arePosts);
  }

  /** What is chosen now, if it is still of the same texts. */
  private still({ table, column }: Choosing): Choosing | undefined {
    const { stage } = this;
    return stage.kind === "choosing" && stage.table === table && stage.column === column ? stage : undefined;
  }

  /** Restores a stored run. Resumes it if it was interrupted; leaves it stopped if the user stopped it. */
  private restoreRun(saved: SavedFile, stored: SavedScores | undefined): void {
    if (this.stage.kind !== "choosing") return;
    const fresh = runOf(this.stage, saved.model, saved.limits);
    if (stored && stored.scores.states.length !== fresh.texts.length) {
      void this.clear(); // stored by a version that parsed the file differently
      return;
    }
    const scores = stored ? new Scores(fresh.texts.length, saved.model.labels, stored.scores) : fresh.scores;
    const pending = scores.pending().length;
    const status = pending === 0 ? "done" : "stopped";
    const done = fresh.texts.length - pending;
    const run: Run = {
      ...fresh,
      scores,
      status,
      done,
      saveState: "yes",
      downloaded: stored?.downloaded ?? false,
    };
    if (pending > 0 && (stored?.running ?? true)) this.run(run);
    else this.set(run);
  }

  private save(): void {
    if (this.stage.kind !== "run" || this.stage.saveState !== "yes") return;
    const { scores, status, downloaded } = this.stage;
    this.savedRun.save({ scores: scores.stored, running: status === "running", downloaded });
  }

  private isAt(kind: Stage["kind"], file: File): boolean {
    return this.stage.kind === kind && "file" in this.stage && this.stage.file === file;
  }

  private set(stage: Stage): void {
    this.stage = stage;
    this.listeners.forEach((listener) => listener());
  }
}

/** The page's only session. */
export const session = new Session();
