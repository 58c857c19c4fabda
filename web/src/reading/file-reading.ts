/** A file while the server reads it, and what the user chooses of it. Knows nothing of what the texts are for. */
import { asApiError, type ApiError } from "../api/client";
import { previewToScore, rowsOf, type Preview, type ReadOptions } from "../api/files";
import type { FileRows } from "../api/generated";
import { changedOptions, shownOptions, type Changed, type Choosing } from "./choosing";

export type ReadingStage = { kind: "empty" } | { kind: "reading"; file: File } | Unreadable | Choosing;

export interface Unreadable {
  kind: "unreadable";
  file: File;
  options: ReadOptions;
  problem: ApiError;
  /** Whether the file is being read again. */
  isRereading: boolean;
}

export class FileReading {
  private stage: ReadingStage = { kind: "empty" };
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly preview: Preview;

  constructor(preview: Preview = previewToScore) {
    this.preview = preview;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): ReadingStage => this.stage;

  clear = (): void => {
    this.stopper.abort();
    this.set({ kind: "empty" });
  };

  open = (file: File, options: ReadOptions = {}): Promise<void> => {
    this.set({ kind: "reading", file });
    return this.read(file, options);
  };

  /** Previews the file again with other options, and shows the current preview until then. */
  reread = async (change: Changed): Promise<void> => {
    const before = this.stage;
    if (before.kind !== "choosing" && before.kind !== "unreadable") return;
    const options = changedOptions(before.options, change);
    this.set({ ...before, options, isRereading: true });
    await this.read(before.file, options);
  };

  /** All rows, as chosen; undefined if they can't be read, which the stage then explains, or if it was cancelled. */
  readAll = async (): Promise<FileRows | undefined> => {
    const before = this.stage;
    if (before.kind !== "choosing" || before.isReading) return undefined;
    const signal = this.startReading();
    this.set({ ...before, isReading: true, problem: undefined });
    const read = await rowsOf(before.file, shownOptions(before), signal).catch(asApiError);
    if (signal.aborted) return undefined;
    const problem = "rows" in read ? undefined : read;
    this.set({ ...before, isReading: false, problem });
    return "rows" in read ? read : undefined;
  };

  /** Stops reading. */
  cancel = (): void => {
    this.stopper.abort();
    if (this.stage.kind === "reading") this.set({ kind: "empty" });
    if (this.stage.kind === "choosing") this.set({ ...this.stage, isReading: false, isRereading: false });
  };

  private startReading(): AbortSignal {
    this.stopper.abort();
    this.stopper = new AbortController();
    return this.stopper.signal;
  }

  /** Forum posts are read without their quotes, unless the options say otherwise. */
  private async read(file: File, options: ReadOptions): Promise<void> {
    const signal = this.startReading();
    try {
      const preview = await this.preview(file, options, signal);
      if (signal.aborted) return;
      const arePosts = preview.notes.some(({ code }) => code === "texts-are-posts");
      if (arePosts && options.clean === undefined) {
        await this.read(file, { ...options, clean: "forum" });
        return;
      }
      this.set({
        kind: "choosing",
        file,
        options,
        preview,
        isRereading: false,
        isReading: false,
        problem: undefined,
      });
    } catch (error) {
      if (signal.aborted) return;
      this.set({ kind: "unreadable", file, options, problem: asApiError(error), isRereading: false });
    }
  }

  private set(stage: ReadingStage): void {
    this.stage = stage;
    this.listeners.forEach((listener) => listener());
  }
}
