import type { FileToRead, Reading } from "./read-file";

let idle: Worker | undefined;

const newWorker = () => new Worker(new URL("./file.worker.ts", import.meta.url), { type: "module" });

/** Loads the worker ahead of time, so that files can be read offline too. */
export function prepareToRead(): void {
  idle ??= newWorker();
}

/** Reads a file in a worker. Rejects with the signal's reason on abort, and if the worker fails. */
export function readInWorker(file: FileToRead, signal: AbortSignal): Promise<Reading> {
  const worker = idle ?? newWorker();
  idle = undefined;
  return new Promise<Reading>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.addEventListener("message", (event: MessageEvent<Reading>) => resolve(event.data));
    worker.addEventListener("error", (event) => {
      reject(new Error(event.message || "The code that reads files couldn’t be loaded."));
    });
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
