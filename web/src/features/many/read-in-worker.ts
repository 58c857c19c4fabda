import type { FileToRead, Reading } from "./read-file";

let waiting: Worker | undefined;

const newWorker = () => new Worker(new URL("./file.worker.ts", import.meta.url), { type: "module" });

/** Loads what reads files before there is one, so that a file is read without a connection too. */
export function prepareToRead(): void {
  waiting ??= newWorker();
}

/** Reads a file beside the page. Rejects with the signal's reason when it is aborted, and where the worker breaks. */
export function readInWorker(asked: FileToRead, signal: AbortSignal): Promise<Reading> {
  const worker = waiting ?? newWorker();
  waiting = undefined;
  return new Promise<Reading>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.addEventListener("message", (event: MessageEvent<Reading>) => resolve(event.data));
    worker.addEventListener("error", (event) => {
      reject(new Error(event.message || "The part of the page that reads files could not be loaded."));
    });
    worker.postMessage(asked);
  }).finally(() => worker.terminate());
}
