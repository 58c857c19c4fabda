/** Why a file cannot be read, and what to do about it. Plain data, since it crosses from the worker to the page. */
export interface FileProblem {
  title: string;
  detail: string;
  /** Whether another encoding may be the way out. */
  encoding?: true;
}

/** Thrown while reading; the worker turns it into its problem. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
  readonly problem: FileProblem;

  constructor(title: string, detail: string, more: Pick<FileProblem, "encoding"> = {}) {
    super(`${title}. ${detail}`);
    this.problem = { title, detail, ...more };
  }
}
