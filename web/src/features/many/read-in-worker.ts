import type { FileToRead, Reading } from "./read-file";

/** Reads a file beside the page. Rejects with the signal's reason when it is aborted, and where the worker breaks. */
export function readInWorker(asked: FileToRead, signal: AbortSignal): Promise<Reading> {
  const worker = new Worker(new URL("./file.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Reading>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.addEventListener("message", (event: MessageEvent<Reading>) => resolve(event.data));
    worker.addEventListener("error", (event) => {
      reject(new Error(event.message || "The part of the page that reads files could not be loaded."));
    });
    worker.postMessage(asked);
  }).finally(() => worker.terminate());
}
