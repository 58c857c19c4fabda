/**
 * Scores any number of texts through the API: in batches that stay inside its limits, a few at a time, waiting where the
 * server asks for it. Knows nothing of files, tables or React.
 */
import { sleep } from "../lib/sleep";
import { codePoints, utf8Bytes } from "../lib/text";
import { answerOf, ApiError, asApiError } from "./client";
import { predict, type Limits, type ModelVersion, type Scored, type TextError } from "./generated";
import { pauseMs } from "./retrying";

/** Characters in one batch: about a second of work on two cores, so that progress is smooth and others get their turn. */
const BATCH_CHARS = 24_000;
/** Calls at once: one is scored while the next is on its way. */
const CALLS_AT_ONCE = 2;
/** Of the body that the server takes; the rest is for quotes, commas and field names. */
const BODY_SHARE = 0.8;
/** JSON writes a control character as six bytes and a quote as two, so a text may grow; few do, and the server judges. */
const JSON_BYTES_PER_TEXT = 3;
/** A batch that was turned away this often is cut in two: it may be more than the server ever takes at once. */
const REFUSALS_BEFORE_CUT = 3;
const TOO_MUCH = [429, 503, 504];

/** What became of one text; `requestId` is of the call that scored it, as the server's log has it. */
export type Outcome = (Scored | { kind: "error"; error: TextError }) & { requestId?: string | undefined };

/** Why nothing comes at the moment, and until when (milliseconds since the epoch). */
export interface Pause {
  reason: ApiError;
  until: number;
}

export interface ManyTexts {
  texts: readonly string[];
  /** By which version of which model: one result must not hold the answers of two. */
  model: ModelVersion;
  limits: Limits;
  signal: AbortSignal;
  /** Called for each text once; batches may come back in any order. */
  onOutcome: (index: number, outcome: Outcome) => void;
  /** Called when the server cannot answer for a while, and with undefined when it answers again. */
  onPause: (pause: Pause | undefined) => void;
  /** Which texts to score; all of them where left out. */
  indices?: readonly number[];
}

/**
 * Resolves when every text has its outcome. What passes (no connection, 429, 503) is waited out for as long as it takes;
 * a text that the server cannot take gets an outcome that says so. Rejects with an ApiError where the server refuses the
 * whole work (unknown model, no permission, a fault of its own) or answers with another model, and with the signal's AbortError when it is cancelled.
 */
export async function scoreMany(work: ManyTexts): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.signal, stop.signal]);
  const batches = batchesOf(work);
  const gate = new Gate(work.onPause);
  const cut: number[][] = [];
  const next = (): number[] | undefined => cut.pop() ?? batches.next().value ?? undefined;

  const caller = async () => {
    for (let batch = next(); batch; batch = next()) {
      const halves = await scoreBatch(batch, { ...work, signal }, gate);
      cut.push(...halves);
    }
  };
  try {
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller));
  } finally {
    stop.abort(); // where one call failed for good, the others need not end
    gate.open();
  }
}

/** Groups of indices that fit into one call each. What can't be sent gets its outcome here. */
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

type BatchWork = Pick<ManyTexts, "texts" | "limits" | "onOutcome" | "indices">;

const tooLong = (length: number, limit: number): TextError => ({
  code: "text-too-long",
  detail: `The text has ${length.toLocaleString("en")} characters and this server takes ${limit.toLocaleString("en")}. Shorten it, or score its parts.`,
});

/** Scores one batch. Returns what is left of it in smaller batches, where it did not fit into one call. */
async function scoreBatch(batch: number[], work: ManyTexts, gate: Gate): Promise<number[][]> {
  for (let refusals = 0; ;) {
    await gate.passed(work.signal);
    try {
      await ask(batch, work);
      gate.reopen();
      return [];
    } catch (error) {
      if (work.signal.aborted) throw work.signal.reason;
      const problem = asApiError(error);
      if (concernsTheTexts(problem)) return split(batch, problem, work);
      if (!problem.passes) throw problem;
      refusals += 1;
      gate.close(problem, refusals - 1);
      const isTooMuch = TOO_MUCH.includes(problem.status) && refusals >= REFUSALS_BEFORE_CUT;
      if (isTooMuch && batch.length > 1) return halves(batch);
    }
  }
}

async function ask(batch: readonly number[], work: ManyTexts): Promise<void> {
  const texts = batch.map((index) => (work.texts[index] ?? "").toWellFormed());
  const { data: answer, requestId } = await answerOf(
    predict({ body: { texts, model: work.model.name, explain: false }, signal: work.signal }),
  );
  if (answer.results.length !== batch.length) {
    throw new ApiError(
      200,
      "wrong-count",
      "The server’s answer doesn’t match the question",
      `It has ${answer.results.length} results for ${batch.length} texts. Load the page again; if it stays, tell whoever runs this server.`,
    );
  }
  if (answer.model.body !== work.model.body || answer.model.head !== work.model.head) {
    throw new ApiError(
      200,
      "model-changed",
      "The model has changed",
      `The server now answers with another version of ${answer.model.name} than before. Load the page again and start anew, so that all answers are of one version.`,
    );
  }
  answer.results.forEach((result, i) => work.onOutcome(batch[i] ?? 0, { ...result, requestId }));
}

/** 413 and 422: the server would take other texts, so the ones that it won't take are looked for. */
const concernsTheTexts = ({ status }: ApiError): boolean => status === 413 || status === 422;

function split(batch: number[], problem: ApiError, work: ManyTexts): number[][] {
  if (batch.length > 1) return halves(batch);
  for (const index of batch) {
    work.onOutcome(index, { kind: "error", error: { code: problem.code, detail: problem.detail } });
  }
  return [];
}

function halves(batch: number[]): number[][] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(middle), batch.slice(0, middle)];
}

/** Where all calls wait while the server has asked for it: one that is turned away must not be followed by the next. */
class Gate {
  private until = 0;
  private readonly onPause: ManyTexts["onPause"];

  constructor(onPause: ManyTexts["onPause"]) {
    this.onPause = onPause;
  }

  close(reason: ApiError, failures: number): void {
    const until = Date.now() + pauseMs(failures, reason);
    if (until <= this.until) return;
    this.until = until;
    this.onPause({ reason, until });
  }

  /** After an answer; one that was already under way when another call was turned away ends no pause. */
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
