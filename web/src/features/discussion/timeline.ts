/** Where a discussion stands at each comment, and where it turned. Pure; values are 0 to 1, undefined while not scored. */

export type Value = number | undefined;

/** A side with fewer comments than this is an accident, not a side. */
const LEAST_SIDE = 3;
/** Averages closer than this are told apart by statistics, not by people. */
const LEAST_CHANGE = 0.2;
/** How many standard errors apart both sides must be; the best of many cuts is chosen, so more than the usual 2. */
const LEAST_CONTRAST = 3;
/** A discussion in which all agree to the last digit has no spread to divide by. */
const LEAST_SPREAD = 0.05;

/** The mean of each value and its neighbours, `width` in all; at the ends of those that there are. */
export function movingAverage(values: readonly Value[], width: number): Value[] {
  const reach = Math.floor(width / 2);
  return values.map((_, i) => mean(values.slice(Math.max(0, i - reach), i + reach + 1)));
}

/** A width that smooths a discussion of this length without flattening it. */
export function usualWidth(comments: number): number {
  if (comments < 12) return 3;
  return comments < 60 ? 5 : 15;
}

export interface Turn {
  /** The first comment after it, from 0. */
  at: number;
  /** Mean of all values before, and from there on. */
  before: number;
  after: number;
}

/**
 * The cut that parts the comments into the two most different sides, if they differ by enough to call it a turn: the
 * split with the greatest difference of means in standard errors (a two-sample contrast, maximised over the split).
 */
export function turnOf(values: readonly Value[]): Turn | undefined {
  const known = values.flatMap((value, at) => (value === undefined ? [] : [{ value, at }]));
  const total = known.reduce((sum, { value }) => sum + value, 0);
  const squares = known.reduce((sum, { value }) => sum + value * value, 0);
  let best: (Turn & { contrast: number }) | undefined;
  let [sumBefore, squaresBefore] = [0, 0];
  for (const [before, { value }] of known.entries()) {
    const after = known.length - before;
    if (before >= LEAST_SIDE && after >= LEAST_SIDE) {
      const means = [sumBefore / before, (total - sumBefore) / after] as const;
      const within =
        squaresBefore - before * means[0] ** 2 + (squares - squaresBefore - after * means[1] ** 2);
      const spread = Math.max(LEAST_SPREAD, Math.sqrt(Math.max(0, within) / Math.max(1, known.length - 2)));
      const contrast = Math.abs(means[1] - means[0]) / (spread * Math.sqrt(1 / before + 1 / after));
      const at = known[before]?.at ?? 0;
      if (!best || contrast > best.contrast) best = { at, before: means[0], after: means[1], contrast };
    }
    sumBefore += value;
    squaresBefore += value * value;
  }
  if (!best || best.contrast < LEAST_CONTRAST || Math.abs(best.after - best.before) < LEAST_CHANGE)
    return undefined;
  return { at: best.at, before: best.before, after: best.after };
}

export function mean(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
