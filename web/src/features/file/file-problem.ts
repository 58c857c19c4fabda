/** Why a file can't be read, and what to do. Plain data, because the worker posts it to the page. */
export interface FileProblem {
  title: string;
  detail: string;
  /** Whether choosing another encoding may help. */
  encoding?: true;
}

/** Thrown while reading; the worker reports its `problem`. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
  readonly problem: FileProblem;

  constructor(title: string, detail: string, more: Pick<FileProblem, "encoding"> = {}) {
    super(`${title}. ${detail}`);
    this.problem = { title, detail, ...more };
  }
}
