import { answerFrom } from "../lib/worker-answer";
import type { Reading } from "./result";
import type { FileToRead } from "./read-file";
import type { Task } from "./worker-tasks";

/** Enough to see whether texts are forum posts. */
const SAMPLED_TEXTS = 500;

let idle: Worker | undefined;

const newWorker = () => new Worker(new URL("./file.worker.ts", import.meta.url), { type: "module" });

/** Loads the worker ahead of time, so that files can be read offline too. */
export function prepareToRead(): void {
  idle ??= newWorker();
}

/** Reads a file in a worker, which is stopped on abort. If the worker fails, that is the problem. */
export async function readInWorker(file: FileToRead, signal: AbortSignal): Promise<Reading> {
  try {
    return await inWorker<Reading>({ read: file }, signal);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const title = "The file couldn’t be read";
    return { problem: { code: "file-unreadable", title, detail, offers: [], bad: [], unit: "line" } };
  }
}

/** Whether some of the texts look like forum posts. */
export const holdPosts = (texts: readonly string[]): Promise<boolean> =>
  inWorker({ sample: texts.slice(0, SAMPLED_TEXTS) });

/** The authors' own words in forum posts, without quotes, code and signatures; "" if there are none. */
export const ownWords = (posts: readonly string[]): Promise<string[]> => inWorker({ clean: posts });

function inWorker<Answer>(task: Task, signal?: AbortSignal): Promise<Answer> {
  const worker = idle ?? newWorker();
  idle = undefined;
  return answerFrom<Answer>(worker, task, signal);
}
