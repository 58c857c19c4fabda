import { answerFrom } from "../../../lib/worker-answer";
import type { Reading } from "./options";
import type { FileToRead } from "./read-file";

let idle: Worker | undefined;

const newWorker = () => new Worker(new URL("./file.worker.ts", import.meta.url), { type: "module" });

/** Loads the worker ahead of time, so that files can be read offline too. */
export function prepareToRead(): void {
  idle ??= newWorker();
}

/** Reads a file in a worker, which is stopped on abort. If the worker fails, that is the problem. */
export async function readInWorker(file: FileToRead, signal: AbortSignal): Promise<Reading> {
  const worker = idle ?? newWorker();
  idle = undefined;
  try {
    return await answerFrom<Reading>(worker, file, signal);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const title = "The file couldn’t be read";
    return { problem: { code: "file-unreadable", title, detail, offers: [], bad: [], unit: "line" } };
  }
}
