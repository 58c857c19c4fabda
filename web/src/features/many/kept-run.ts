/**
 * The file that is scored and what came of it, kept in this browser: the file's bytes once, the scores every so often. One
 * tab of a browser keeps a run; another may score a file too, which then lasts as long as that tab.
 */
import type { Limits, ModelSummary } from "../../api/generated";
import { forget, keep, kept } from "../../lib/kept";
import { uuid } from "../../lib/uuid";
import type { Storage } from "./scores";

/** Browsers give a page some hundred megabytes and more; this leaves room for the scores. */
const MOST_BYTES = 50_000_000;
const FILE = "run-file";
const SCORES = "run-scores";
const LOCK = "valence-run";
/** A tab that is loaded again gives its lock back within this time; one that does not is another tab. */
const LOCK_WAIT_MS = 1500;
/** Of what is kept; a page of another version ignores it. */
const VERSION = 1;

/** Whether a run is kept, or why not. */
export type Keeping = "yes" | "blocked" | "too-large" | "other-tab";

export interface KeptFile {
  version: number;
  id: string;
  name: string;
  type: string;
  bytes: ArrayBuffer;
  encoding: string | undefined;
  hasHeader: boolean;
  column: number;
  model: ModelSummary;
  limits: Limits;
}

export interface KeptScores {
  /** Of the file that they belong to. */
  id: string;
  scores: Storage;
  /** It was being scored when this was kept, so it goes on when it comes back. */
  running: boolean;
  downloaded: boolean;
}

export interface FileToKeep extends Omit<KeptFile, "version" | "id" | "name" | "type" | "bytes"> {
  file: File;
}

export class KeptRun {
  /** Of the run that this tab keeps; "" where it keeps none. */
  private id = "";
  /** Of the run that began last. */
  private begun = "";
  private next: Omit<KeptScores, "id"> | undefined;
  private saving: Promise<void> | undefined;
  private forgetting: Promise<void> = Promise.resolve();
  private giveBack: (() => void) | undefined;

  /** Keeps the file of a run that begins, in place of the one before. */
  async begin({ file, ...how }: FileToKeep): Promise<Keeping> {
    const id = uuid();
    this.begun = id;
    await this.forgetting;
    if (!(await this.own())) return "other-tab";
    if (file.size > MOST_BYTES) {
      await this.remove();
      return "too-large";
    }
    const bytes = await file.arrayBuffer();
    if (this.begun !== id) return "blocked"; // it was given up meanwhile
    this.id = id;
    const whole: KeptFile = { version: VERSION, id, name: file.name, type: file.type, bytes, ...how };
    return (await keep(FILE, whole)) ? "yes" : "blocked";
  }

  /** Keeps how far it is; the newest wins where they come faster than they can be written. */
  save(scores: Omit<KeptScores, "id">): void {
    this.next = scores;
    this.saving ??= this.saveAll();
  }

  /** What an earlier page left, if this tab may have it. */
  async restored(): Promise<{ file: KeptFile; scores: KeptScores | undefined } | undefined> {
    await this.forgetting;
    const there = await kept<KeptFile>(FILE);
    if (there?.version !== VERSION || !(await this.own())) return undefined;
    const [file, scores] = await Promise.all([kept<KeptFile>(FILE), kept<KeptScores>(SCORES)]);
    if (!file) return undefined; // the tab that had it has forgotten it
    this.id = file.id;
    return { file, scores: scores?.id === file.id ? scores : undefined };
  }

  /** Another tab's run is not this one's to forget. */
  forget(): Promise<void> {
    const mine = this.id !== "";
    [this.id, this.begun, this.next] = ["", "", undefined];
    if (mine) this.forgetting = this.remove();
    return this.forgetting;
  }

  private async remove(): Promise<void> {
    await this.saving;
    await forget(FILE, SCORES);
    this.giveBack?.();
    this.giveBack = undefined;
  }

  private async saveAll(): Promise<void> {
    for (let { next } = this; next && this.id !== ""; { next } = this) {
      this.next = undefined;
      await keep(SCORES, { ...next, id: this.id } satisfies KeptScores);
    }
    this.saving = undefined;
  }

  /** True once this tab is the one that keeps; also where the browser has no locks (as on a page without HTTPS). */
  private own(): Promise<boolean> {
    if (this.giveBack || !("locks" in navigator)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const held = () =>
        new Promise<void>((release) => {
          this.giveBack = release;
          resolve(true);
        });
      navigator.locks
        .request(LOCK, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, held)
        .catch(() => resolve(false)); // another tab has it
    });
  }
}
