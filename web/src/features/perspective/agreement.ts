/**
 * How well new scores agree with old ones, and which threshold keeps the share of texts that are flagged. The same figures
 * as `valence.evaluation.agreement`, where the methods are explained.
 */

/** How many texts both, one or none of the two flag. */
export interface Confusion {
  /** Of the new scores; the old ones have theirs. */
  newThreshold: number;
  both: number;
  onlyOld: number;
  onlyNew: number;
  neither: number;
}

export interface Agreement {
  texts: number;
  /** Correlation of the scores and of their ranks, -1 to 1; undefined if all scores of a side are equal. */
  pearson: number | undefined;
  spearman: number | undefined;
  /** From which the old scores flag a text. */
  oldThreshold: number;
  /** How many the old scores flag. */
  flagged: number;
  atOldThreshold: Confusion;
  /** If the new scores flag as many texts as the old ones; undefined if those flag no text. */
  atSameShare: Confusion | undefined;
}

/** Compares scores of the same texts; there must be at least one. */
export function agreementOf(
  old: readonly number[],
  scores: readonly number[],
  oldThreshold: number,
): Agreement {
  const flagged = old.filter((score) => score >= oldThreshold).length;
  const threshold = thresholdFor(scores, flagged);
  return {
    texts: old.length,
    pearson: correlation(old, scores),
    spearman: correlation(ranks(old), ranks(scores)),
    oldThreshold,
    flagged,
    atOldThreshold: confusion(old, scores, oldThreshold, oldThreshold),
    atSameShare: threshold === undefined ? undefined : confusion(old, scores, oldThreshold, threshold),
  };
}

/**
 * The threshold from which `count` scores are flagged; undefined for 0. Halfway between the lowest score that is flagged
 * and the next one, with as few decimals as possible. If these are equal, more are flagged.
 */
export function thresholdFor(scores: readonly number[], count: number): number | undefined {
  const falling = Float64Array.from(scores).sort().reverse();
  const lowest = falling[count - 1];
  if (lowest === undefined) return undefined;
  const below = falling.find((score) => score < lowest);
  if (below === undefined) return lowest;
  const middle = (lowest + below) / 2;
  for (let digits = 2; digits < 7; digits += 1) {
    const rounded = roundHalfEven(middle, digits);
    if (below < rounded && rounded <= lowest) return rounded;
  }
  return middle;
}

/** Rounds as Python does. Only a multiple of a power of two can be exactly halfway; `toFixed` rounds all others right. */
function roundHalfEven(value: number, digits: number): number {
  if (Math.abs((value * 2 ** (digits + 1)) % 2) !== 1) return Number(value.toFixed(digits));
  const floor = Math.floor(value * 10 ** digits);
  return (floor + (floor % 2)) / 10 ** digits;
}

/** The rank of each score, from 1; equal scores share the mean of theirs. */
export function ranks(scores: readonly number[]): number[] {
  const rising = Uint32Array.from(scores.keys()).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const ranked = new Array<number>(scores.length);
  for (let first = 0; first < rising.length;) {
    const score = scores[rising[first] ?? 0];
    let next = first + 1;
    while (next < rising.length && scores[rising[next] ?? 0] === score) next += 1;
    for (const at of rising.subarray(first, next)) ranked[at] = (first + 1 + next) / 2;
    first = next;
  }
  return ranked;
}

/** Pearson's; undefined if all values of a side are equal. */
function correlation(one: readonly number[], other: readonly number[]): number | undefined {
  const [a, b] = [deviations(one), deviations(other)];
  const [aa, bb] = [dot(a, a), dot(b, b)];
  return aa === 0 || bb === 0 ? undefined : dot(a, b) / Math.sqrt(aa * bb);
}

/** All zero if the values are equal: their mean is then exact only by chance. */
function deviations(values: readonly number[]): number[] {
  if (values.every((value) => value === values[0])) return values.map(() => 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

function confusion(
  old: readonly number[],
  scores: readonly number[],
  oldThreshold: number,
  newThreshold: number,
): Confusion {
  const counted = { newThreshold, both: 0, onlyOld: 0, onlyNew: 0, neither: 0 };
  old.forEach((before, i) => {
    const [was, is] = [before >= oldThreshold, (scores[i] ?? 0) >= newThreshold];
    counted[was ? (is ? "both" : "onlyOld") : is ? "onlyNew" : "neither"] += 1;
  });
  return counted;
}
