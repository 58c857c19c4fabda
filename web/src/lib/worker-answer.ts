/** The answer of a worker to one message; the worker ends with it. Rejects on abort, and if the worker fails. */
export async function answerFrom<Answer>(
  worker: Worker,
  message: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    return await new Promise<Answer>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      worker.addEventListener("message", (event: MessageEvent<Answer>) => resolve(event.data));
      worker.addEventListener("error", (event) => {
        reject(
          new Error(event.message || "Its code couldn’t be loaded. Check your connection, and try again."),
        );
      });
      worker.postMessage(message);
    });
  } finally {
    worker.terminate();
  }
}
