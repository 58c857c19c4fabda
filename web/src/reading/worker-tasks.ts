/** What the worker does for the page. */
import type { Reading } from "./result";
import { readFile, type FileToRead } from "./read-file";

/** Reads a file; or tells whether texts look like forum posts; or reduces posts to their authors' words, "" for none. */
export type Task = { read: FileToRead } | { sample: readonly string[] } | { clean: readonly string[] };
export type Result = Reading | boolean | string[];

export async function resultOf(task: Task): Promise<Result> {
  if ("read" in task) return readFile(task.read);
  const { cleaned, holdsPosts } = await import("../lib/cleaned-post");
  return "sample" in task ? holdsPosts(task.sample) : task.clean.map((post) => cleaned(post) ?? "");
}
