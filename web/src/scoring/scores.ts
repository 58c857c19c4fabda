import type { Outcome } from "../api/score-texts";
import type { TextError } from "../api/generated";

const PENDING = 0;
const SURE = 1;
const UNSURE = 2;
const FAILED = 3;

/** As many as the commands write. They fit into 32 bits; longer numbers would be rounded twice. */
export const DECIMALS = 6;
const SCALE = 10 ** DECIMALS;

export type RowState = "pending" | "sure" | "unsure" | "failed";
const STATES: readonly RowState[] = ["pending", "sure", "unsure", "failed"];

/** A person's verdict on a row's label. */
export interface Mark {
  correct: boolean;
  /** The correct label, if the person gave one. */
  label?: string | undefined;
}

/** Shared by all renewed copies of a Scores. Plain data, so that a browser can store it. */
export interface Storage {
  /** Shape (rows, labels), 0 to 1, of DECIMALS decimals; 0 if a row is not scored. */
  probabilities: Float32Array;
  states: Uint8Array;
  /** The most probable label of each row. */
  tops: Uint16Array;
  /** For multi-label models: the indices of each row's labels. */
  given: (readonly number[] | undefined)[];
  failures: Map<number, TextError>;
  /** Request IDs, and for each row 1 + the index of its request; 0 if unknown. */
  calls: string[];
  callOf: Uint32Array;
  marks: Map<number, Mark>;
}

/** The state of every row, in typed arrays that stay small with half a million rows. */
export class Scores {
  readonly rows: number;
  readonly labels: readonly string[];
  private readonly storage: Storage;

  constructor(rows: number, labels: readonly string[], storage = emptyStorage(rows, labels.length)) {
    this.rows = rows;
    this.labels = labels;
    this.storage = storage;
  }

  /** The same scores in a new object, so that React sees a change. */
  renewed(): Scores {
    return new Scores(this.rows, this.labels, this.storage);
  }

  put(row: number, outcome: Outcome): void {
    if (outcome.kind === "error") {
      this.storage.states[row] = FAILED;
      this.storage.failures.set(row, outcome.error);
      return;
    }
    for (const { label, probability } of outcome.probabilities) {
      const at = this.labels.indexOf(label);
      if (at >= 0)
        this.storage.probabilities[row * this.labels.length + at] = Number(probability.toFixed(DECIMALS));
    }
    this.storage.tops[row] = Math.max(0, this.labels.indexOf(outcome.label));
    this.storage.given[row] = outcome.labels?.map((label) => this.labels.indexOf(label));
    this.storage.callOf[row] = this.numberOf(outcome.requestId);
    this.storage.states[row] = outcome.sure ? SURE : UNSURE;
  }

  stateOf(row: number): RowState {
    return STATES[this.storage.states[row] ?? PENDING] ?? "pending";
  }

  failureOf(row: number): TextError | undefined {
    return this.storage.failures.get(row);
  }

  /** The ID of the request that scored the row, as in the server's log. */
  requestIdOf(row: number): string | undefined {
    return this.storage.calls[(this.storage.callOf[row] ?? 0) - 1];
  }

  mark(row: number, mark: Mark): void {
    this.storage.marks.set(row, mark);
  }

  markOf(row: number): Mark | undefined {
    return this.storage.marks.get(row);
  }

  /** The number of rows with a person's verdict. */
  get marked(): number {
    return this.storage.marks.size;
  }

  /** To be stored, and passed to a new Scores with the same rows and labels. */
  get stored(): Storage {
    return this.storage;
  }

  /** 1 + the request's index. A batch's rows arrive together, so search from the end. */
  private numberOf(requestId: string | undefined): number {
    if (requestId === undefined) return 0;
    const known = this.storage.calls.lastIndexOf(requestId);
    return known < 0 ? this.storage.calls.push(requestId) : known + 1;
  }

  /** Index of the most probable label. */
  topOf(row: number): number {
    return this.storage.tops[row] ?? 0;
  }

  /** Indices of the row's labels: one, or any number for multi-label models. */
  givenTo(row: number): readonly number[] {
    return this.storage.given[row] ?? [this.topOf(row)];
  }

  namesOf(row: number): string[] {
    return this.givenTo(row).map((label) => this.labels[label] ?? "");
  }

  labelOf(row: number): string {
    return this.namesOf(row).join(", ") || "no label";
  }

  probabilityOf(row: number, label: number): number {
    return Math.round((this.storage.probabilities[row * this.labels.length + label] ?? 0) * SCALE) / SCALE;
  }

  isScored(row: number): boolean {
    const state = this.storage.states[row];
    return state === SURE || state === UNSURE;
  }

  /** The rows without an outcome, in the file's order. */
  pending(): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.rows; row += 1) if (this.storage.states[row] === PENDING) rows.push(row);
    return rows;
  }

  /** Rows by state, and confident rows by label. A row with several labels counts for each. */
  counts(): Counts {
    const counts = {
      byLabel: this.labels.map(() => 0),
      sure: 0,
      without: 0,
      unsure: 0,
      failed: 0,
      pending: 0,
    };
    for (let row = 0; row < this.rows; row += 1) {
      const state = this.storage.states[row];
      if (state === SURE) {
        const given = this.givenTo(row);
        counts.sure += 1;
        if (given.length === 0) counts.without += 1;
        for (const label of given) counts.byLabel[label] = (counts.byLabel[label] ?? 0) + 1;
      } else if (state === UNSURE) counts.unsure += 1;
      else if (state === FAILED) counts.failed += 1;
      else counts.pending += 1;
    }
    return counts;
  }

  /** Scored rows in `bins` equal bins of one label's probability, from 0 to 1. */
  histogram(label: number, bins: number): number[] {
    const counts = Array.from({ length: bins }, () => 0);
    for (let row = 0; row < this.rows; row += 1) {
      if (!this.isScored(row)) continue;
      const bin = Math.min(bins - 1, Math.floor(this.probabilityOf(row, label) * bins));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  }
}

export interface Counts {
  byLabel: number[];
  sure: number;
  /** Confident that no label applies. */
  without: number;
  unsure: number;
  failed: number;
  pending: number;
}

const emptyStorage = (rows: number, labels: number): Storage => ({
  probabilities: new Float32Array(rows * labels),
  states: new Uint8Array(rows),
  tops: new Uint16Array(rows),
  given: [],
  failures: new Map(),
  calls: [],
  callOf: new Uint32Array(rows),
  marks: new Map(),
});
