/**
 * Scores any number of texts through the API: in batches within its limits, a few at a time, pausing when the server asks
 * for it. Own code rather than p-queue and p-retry: a pause holds for all requests at once, and a rejected batch may come
 * back as two. Knows nothing of files, tables or React.
 */
import { sleep } from "../lib/sleep";
import { codePoints, utf8Bytes } from "../lib/text";
import { answerOf, ApiError, asApiError } from "./client";
import { predict, type Limits, type ModelVersion, type Scored, type TextError } from "./generated";
import { retryDelayMs } from "./retry";

/** Characters per batch: little enough for smooth progress, and for other users to get their turn. */
const BATCH_CHARS = 24_000;
/** Concurrent requests: one is scored while the next is in transit. */
const CONCURRENT_REQUESTS = 2;
/** Share of the server's body limit to use; the rest is for quotes, commas and field names. */
const BODY_SHARE = 0.8;
/** Quotes and comma. Escaped characters add more; if a body gets too large, the server's 413 splits the batch. */
const JSON_BYTES_PER_TEXT = 3;
/** After this many rejections a batch is split: it may be more than the server ever accepts. */
const REJECTIONS_BEFORE_SPLIT = 3;
const OVERLOAD_STATUSES = [429, 503, 504];

/** The outcome of one text; `requestId` is the request that scored it, as in the server's log. */
export type Outcome = (Scored | { kind: "error"; error: TextError }) & { requestId?: string | undefined };

/** Why scoring is paused, and until when (milliseconds since the epoch). */
export interface Pause {
  reason: ApiError;
  until: number;
}

export interface ScoringJob {
  /** Scored as they are: what is to be left out of a forum post has been. */
  texts: readonly string[];
  /** All scores must come from this version of the model. */
  model: ModelVersion;
  limits: Limits;
  signal: AbortSignal;
  /** Called once per text, in any order. */
  onOutcome: (index: number, outcome: Outcome) => void;
  /** Called when scoring pauses, and with undefined when it resumes. */
  onPause: (pause: Pause | undefined) => void;
  /** Which texts to score; all by default. */
  indices?: readonly number[];
}

/**
 * Resolves when every text has an outcome. Temporary errors (no connection, 429, 503) are retried indefinitely; a text that
 * the server rejects gets an error as its outcome. Rejects with an ApiError if the server rejects the whole job (unknown
 * model, no permission, an internal error) or answers with another model version, and with the signal's AbortError on
 * cancellation.
 */
export async function scoreTexts(job: ScoringJob): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  const batches = batchesOf(job);
  const gate = new Gate(job.onPause);
  const splits: number[][] = [];
  const next = (): number[] | undefined => splits.pop() ?? batches.next().value ?? undefined;

  const worker = async () => {
    for (let batch = next(); batch; batch = next()) {
      const halves = await scoreBatch(batch, { ...job, signal }, gate);
      splits.push(...halves);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, worker));
  } finally {
    stop.abort(); // after a permanent failure, cancel the other requests
    gate.open();
  }
}

/** Groups of indices that fit into one request each. Texts that are too long get their outcome here. */
export function* batchesOf({ texts, limits, onOutcome, indices }: BatchWork): Generator<number[], undefined> {
  const most = limits.max_body_bytes * BODY_SHARE;
  let batch: number[] = [];
  let [chars, bytes] = [0, 0];
  for (const index of indices ?? texts.keys()) {
    const text = texts[index] ?? "";
    const length = text.length <= limits.max_text_chars ? text.length : codePoints(text);
    if (length > limits.max_text_chars) {
      onOutcome(index, { kind: "error", error: tooLong(length, limits.max_text_chars) });
      continue;
    }
    const size = utf8Bytes(text) + JSON_BYTES_PER_TEXT;
    const full = batch.length >= limits.max_texts || chars + length > BATCH_CHARS || bytes + size > most;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      [chars, bytes] = [0, 0];
    }
    batch.push(index);
    chars += length;
    bytes += size;
  }
  if (batch.length > 0) yield batch;
  return undefined;
}

type BatchWork = Pick<ScoringJob, "texts" | "limits" | "onOutcome" | "indices">;

const tooLong = (length: number, limit: number): TextError => ({
  code: "text-too-long",
  detail: `The text has ${length.toLocaleString("en")} characters and the limit is ${limit.toLocaleString("en")}. Shorten it or split it.`,
});

/** Scores one batch. If it was rejected as a whole, returns smaller batches to try instead. */
async function scoreBatch(batch: number[], job: ScoringJob, gate: Gate): Promise<number[][]> {
  for (let rejections = 0; ;) {
    await gate.passed(job.signal);
    try {
      await request(batch, job);
      gate.reopen();
      return [];
    } catch (error) {
      if (job.signal.aborted) throw job.signal.reason;
      const problem = asApiError(error);
      if (concernsTexts(problem)) return split(batch, problem, job);
      if (!problem.isTemporary) throw problem;
      rejections += 1;
      gate.close(problem, rejections - 1);
      const isOverload = OVERLOAD_STATUSES.includes(problem.status) && rejections >= REJECTIONS_BEFORE_SPLIT;
      if (isOverload && batch.length > 1) return halves(batch);
    }
  }
}

async function request(batch: readonly number[], job: ScoringJob): Promise<void> {
  const texts = batch.map((index) => (job.texts[index] ?? "").toWellFormed());
  const { data: answer, requestId } = await answerOf(
    predict({ body: { texts, model: job.model.name, explain: false, clean: "none" }, signal: job.signal }),
  );
  if (answer.results.length !== batch.length) {
    throw new ApiError(
      200,
      "wrong-count",
      "The server’s response doesn’t match the request",
      `It has ${answer.results.length} results for ${batch.length} texts. Reload the page. If the problem persists, tell the server’s administrator.`,
    );
  }
  if (answer.model.body !== job.model.body || answer.model.head !== job.model.head) {
    throw new ApiError(
      200,
      "model-changed",
      "The model has changed",
      `The server now uses another version of ${answer.model.name}. Reload the page and start again, so that one version scores all texts.`,
    );
  }
  answer.results.forEach((result, i) => job.onOutcome(batch[i] ?? 0, { ...result, requestId }));
}

/** 413 and 422 concern particular texts, so the batch is split to find them. */
const concernsTexts = ({ status }: ApiError): boolean => status === 413 || status === 422;

function split(batch: number[], problem: ApiError, job: ScoringJob): number[][] {
  if (batch.length > 1) return halves(batch);
  for (const index of batch) {
    job.onOutcome(index, { kind: "error", error: { code: problem.code, detail: problem.detail } });
  }
  return [];
}

function halves(batch: number[]): number[][] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(middle), batch.slice(0, middle)];
}

/** Holds back all requests during a pause. */
class Gate {
  private until = 0;
  private readonly onPause: ScoringJob["onPause"];

  constructor(onPause: ScoringJob["onPause"]) {
    this.onPause = onPause;
  }

  close(reason: ApiError, failures: number): void {
    const until = Date.now() + retryDelayMs(failures, reason);
    if (until <= this.until) return;
    this.until = until;
    this.onPause({ reason, until });
  }

  /** Called after a success. A request that was in flight when the pause began doesn't end it. */
  reopen(): void {
    if (Date.now() >= this.until) this.open();
  }

  open(): void {
    if (this.until === 0) return;
    this.until = 0;
    this.onPause(undefined);
  }

  async passed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let left = this.until - Date.now(); left > 0; left = this.until - Date.now()) {
      await sleep(left, signal);
    }
  }
}
