/** A file while it is read, and what the user chooses of it. Knows nothing of what the texts are for. */
import * as choosing from "./choosing";
import type { Choosing } from "./choosing";
import type { ReadOptions } from "./options";
import type { FileProblem } from "./problem";
import { holdPosts, ownWords, readInWorker } from "./read-in-worker";
import type { Reading, Understood } from "./result";

export type ReadingStage = { kind: "empty" } | { kind: "reading"; file: File } | Unreadable | Choosing;

export interface Unreadable {
  kind: "unreadable";
  file: File;
  options: ReadOptions;
  problem: FileProblem;
  understood: Understood | undefined;
  /** Whether the file is being read again with other options. */
  isRereading: boolean;
}

export class FileReading {
  private stage: ReadingStage = { kind: "empty" };
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): ReadingStage => this.stage;

  clear = (): void => {
    this.stopper.abort();
    this.set({ kind: "empty" });
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

  /** Reduces forum posts to their authors' words, or leaves them as they are. */
  setClean = async (clean: boolean): Promise<void> => {
    if (this.stage.kind !== "choosing") return;
    const before = choosing.withClean(this.stage, clean);
    this.set(before);
    if (!clean) return;
    const own = await ownWords(choosing.cellsOf(before)).catch(() => undefined);
    const now = this.still(before);
    if (now?.clean) this.set(choosing.withOwn(now, own));
  };

  /** What is chosen, once it is known which texts that makes; undefined if the file is gone. */
  whenReady = async (): Promise<Choosing | undefined> => {
    if (this.stage.kind !== "choosing") return undefined;
    const { file } = this.stage;
    if (!choosing.isReady(this.stage)) await this.untilReady();
    const now = this.snapshot();
    return now.kind === "choosing" && now.file === file ? now : undefined;
  };

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

  private set(stage: ReadingStage): void {
    this.stage = stage;
    this.listeners.forEach((listener) => listener());
  }
}
