/**
 * Stores a run in this browser: the file and its rows once, the scores at intervals. Only one tab stores its run; a run in another tab
 * lasts as long as that tab.
 */
import type { Limits, ModelSummary } from "../api/generated";
import { removeItems, storeItem, loadItem } from "../lib/browser-store";
import { uuid } from "../lib/uuid";
import type { ReadFile, SaveState } from "./run";
import type { Storage } from "./scores";

/** Browsers allow at least some hundred megabytes; this leaves room for the scores. */
const MAX_BYTES = 50_000_000;
/** A reloading tab releases its lock within this time; if the lock is still held then, another tab has it. */
const LOCK_WAIT_MS = 1500;
/** Version of the stored format; other versions are ignored. */
const VERSION = 3;

export interface SavedFile extends Omit<ReadFile, "file"> {
  version: number;
  id: string;
  name: string;
  type: string;
  bytes: ArrayBuffer;
  model: ModelSummary;
  limits: Limits;
}

export interface SavedScores {
  /** The `id` of the file they belong to. */
  id: string;
  scores: Storage;
  /** Whether scoring was in progress, and so resumes when the run is restored. */
  running: boolean;
  downloaded: boolean;
}

export interface FileToSave extends Omit<SavedFile, "version" | "id" | "name" | "type" | "bytes"> {
  file: File;
}

export class SavedRun {
  /** Id of the run that this tab stores; "" if none. */
  private id = "";
  /** Id of the latest run. */
  private latest = "";
  private next: Omit<SavedScores, "id"> | undefined;
  private saving: Promise<void> | undefined;
  private removing: Promise<void> = Promise.resolve();
  private releaseLock: (() => void) | undefined;
  private readonly fileKey: string;
  private readonly scoresKey: string;
  private readonly lock: string;

  constructor(name: string) {
    this.fileKey = `${name}-file`;
    this.scoresKey = `${name}-scores`;
    this.lock = `valence-${name}`;
  }

  /** Stores the file of a new run, replacing the previous one. */
  async begin({ file, ...options }: FileToSave): Promise<SaveState> {
    const id = uuid();
    this.latest = id;
    await this.removing;
    if (!(await this.acquireLock())) return "other-tab";
    if (file.size > MAX_BYTES) {
      await this.remove();
      return "too-large";
    }
    const bytes = await file.arrayBuffer();
    if (this.latest !== id) return "blocked"; // discarded in the meantime
    this.id = id;
    const saved: SavedFile = { version: VERSION, id, name: file.name, type: file.type, bytes, ...options };
    return (await storeItem(this.fileKey, saved)) ? "yes" : "blocked";
  }

  /** Stores the progress. If calls arrive faster than they can be written, only the latest counts. */
  save(scores: Omit<SavedScores, "id">): void {
    this.next = scores;
    this.saving ??= this.saveAll();
  }

  /** The run stored by an earlier page, if this tab gets the lock. */
  async load(): Promise<{ file: SavedFile; scores: SavedScores | undefined } | undefined> {
    await this.removing;
    const stored = await loadItem<SavedFile>(this.fileKey);
    if (stored?.version !== VERSION || !(await this.acquireLock())) return undefined;
    const [file, scores] = await Promise.all([
      loadItem<SavedFile>(this.fileKey),
      loadItem<SavedScores>(this.scoresKey),
    ]);
    if (!file) return undefined; // the other tab removed it
    this.id = file.id;
    return { file, scores: scores?.id === file.id ? scores : undefined };
  }

  /** Removes this tab's run; another tab's run stays. */
  discard(): Promise<void> {
    const isOwn = this.id !== "";
    [this.id, this.latest, this.next] = ["", "", undefined];
    if (isOwn) this.removing = this.remove();
    return this.removing;
  }

  private async remove(): Promise<void> {
    await this.saving;
    await removeItems(this.fileKey, this.scoresKey);
    this.releaseLock?.();
    this.releaseLock = undefined;
  }

  private async saveAll(): Promise<void> {
    for (let { next } = this; next && this.id !== ""; { next } = this) {
      this.next = undefined;
      await storeItem(this.scoresKey, { ...next, id: this.id } satisfies SavedScores);
    }
    this.saving = undefined;
  }

  /** Whether this tab may store its run. Also true if the browser has no locks, as on a page without HTTPS. */
  private acquireLock(): Promise<boolean> {
    if (this.releaseLock || !("locks" in navigator)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const held = () =>
        new Promise<void>((release) => {
          this.releaseLock = release;
          resolve(true);
        });
      navigator.locks
        .request(this.lock, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, held)
        .catch(() => resolve(false)); // another tab holds it
    });
  }
}
