/**
 * One file and its run. Survives navigation to another page; a run is also stored in this browser, so that it survives a
 * reload.
 */
import { asApiError } from "../api/client";
import type { Limits, ModelSummary } from "../api/generated";
import { scoreTexts, type Pause } from "../api/score-texts";
import type { ReadOptions } from "../api/files";
import { shownOptions } from "../reading/choosing";
import { FileReading, type ReadingStage } from "../reading/file-reading";
import { Pace } from "./pace";
import { runOf, type ReadFile, type Run } from "./run";
import { SavedRun, type SavedFile, type SavedScores } from "./saved-run";
import { Scores, type Mark } from "./scores";

/** How often a run shows its progress. */
const TICK_MS = 300;
/** How often a run is stored; a reload repeats at most this much work. */
const SAVE_MS = 2000;

export type Stage = ReadingStage | Run;

export class Session {
  /** The file; it stays as it was chosen while it is scored. */
  readonly reading = new FileReading();
  private scoring: Run | undefined;
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly savedRun: SavedRun;
  private restoring = false;

  /** `name`: under which the run is stored in this browser. */
  constructor(name: string) {
    this.savedRun = new SavedRun(name);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    const stopReading = this.reading.subscribe(listener);
    return () => {
      this.listeners.delete(listener);
      stopReading();
    };
  };

  snapshot = (): Stage => this.scoring ?? this.reading.snapshot();

  /** The table's scroll position in pixels, to be restored after a visit to another page. */
  tableTop = 0;

  setTableTop = (top: number): void => {
    this.tableTop = top;
  };

  /** Discards the file and its results, in the browser's storage too. */
  clear = (): Promise<void> => {
    this.stopper.abort();
    this.set(undefined);
    this.reading.clear();
    return this.savedRun.discard();
  };

  /** Discards the results, and keeps the file to be scored again. */
  backToFile = (): void => {
    const run = this.scoring;
    this.stopper.abort();
    this.set(undefined);
    void this.savedRun.discard();
    if (run && this.reading.snapshot().kind === "empty") void this.reading.open(run.file, run.options);
  };

  /** Restores the run stored in this browser, and resumes it if it was interrupted. */
  restore = async (): Promise<void> => {
    if (this.snapshot().kind !== "empty" || this.restoring) return;
    this.restoring = true;
    const stored = await this.savedRun.load();
    this.restoring = false;
    if (!stored || this.snapshot().kind !== "empty") return; // a file was chosen in the meantime
    this.restoreRun(stored.file, stored.scores);
  };

  /** Reads a file, in place of the one that was scored. */
  open = (file: File, options: ReadOptions = {}): Promise<void> => {
    this.stopper.abort();
    this.set(undefined);
    return this.reading.open(file, options);
  };

  /** Reads all rows, and scores their texts. */
  start = async (model: ModelSummary, limits: Limits): Promise<void> => {
    const stage = this.reading.snapshot();
    const read = await this.reading.readAll();
    if (!read || stage.kind !== "choosing" || this.snapshot().kind === "run") return;
    this.begin({ file: stage.file, options: shownOptions(stage), read }, model, limits);
  };

  private begin(whole: ReadFile, model: ModelSummary, limits: Limits): void {
    this.tableTop = 0;
    this.run(runOf(whole, model, limits));
    void this.savedRun.begin({ ...whole, model, limits }).then((saveState) => {
      if (this.scoring?.file !== whole.file) return;
      this.set({ ...this.scoring, saveState });
      this.save();
    });
  }

  /** Records a person's verdict on a row, for the table and the download. */
  mark = (row: number, mark: Mark): void => {
    if (!this.scoring) return;
    this.scoring.scores.mark(row, mark);
    this.set({ ...this.scoring, scores: this.scoring.scores.renewed(), downloaded: false });
    this.save();
  };

  /** All results so far have been downloaded. */
  markDownloaded = (): void => {
    if (!this.scoring) return;
    this.set({ ...this.scoring, downloaded: true });
    this.save();
  };

  stop = (): void => this.stopper.abort();

  resume = (): void => {
    if (this.scoring && this.scoring.status !== "running") this.run(this.scoring);
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
      if (this.scoring?.texts !== from.texts) return; // another file was opened in the meantime
      pace.sample(Date.now(), done);
      const pacing = { perSecond: pace.perSecond(), secondsLeft: pace.secondsLeft(from.texts.length) };
      const downloaded = this.scoring.downloaded && this.scoring.done === done;
      const scores = from.scores.renewed();
      this.set({ ...this.scoring, ...pacing, done, pause, scores, downloaded, ...changed });
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

  /** Restores a stored run. Resumes it if it was interrupted; leaves it stopped if the user stopped it. */
  private restoreRun(saved: SavedFile, stored: SavedScores | undefined): void {
    const { options, read, model, limits } = saved;
    const file = new File([saved.bytes], saved.name, { type: saved.type });
    const fresh = runOf({ file, options, read }, model, limits);
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
    if (this.scoring?.saveState !== "yes") return;
    const { scores, status, downloaded } = this.scoring;
    this.savedRun.save({ scores: scores.stored, running: status === "running", downloaded });
  }

  private set(scoring: Run | undefined): void {
    this.scoring = scoring;
    this.listeners.forEach((listener) => listener());
  }
}
