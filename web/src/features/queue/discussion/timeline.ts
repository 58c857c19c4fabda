/** The moving average and turning point of a discussion. Values are 0 to 1, undefined if not scored. */

export type Value = number | undefined;

/** The fewest comments on each side of a turning point. */
const MIN_SIDE = 3;
/** The smallest difference of averages that people would notice. */
const MIN_CHANGE = 0.2;
/** In standard errors. Higher than the usual 2, because the best of many splits is chosen. */
const MIN_CONTRAST = 3;
/** Avoids division by zero if all values are equal. */
const MIN_SPREAD = 0.05;

/** The mean of each value and its neighbours, `width` values in total; fewer at the ends. */
export function movingAverage(values: readonly Value[], width: number): Value[] {
  const reach = Math.floor(width / 2);
  return values.map((_, i) => mean(values.slice(Math.max(0, i - reach), i + reach + 1)));
}

/** A width that smooths a discussion of this length without flattening it. */
export function defaultWindow(comments: number): number {
  if (comments < 12) return 3;
  return comments < 60 ? 5 : 15;
}

export interface Turn {
  /** The first comment after the turn, from 0. */
  at: number;
  /** The mean before the turn, and from there on. */
  before: number;
  after: number;
}

/**
 * The split with the greatest difference of means in standard errors (a two-sample contrast, maximised over the split),
 * if the difference is large enough.
 */
export function turnOf(values: readonly Value[]): Turn | undefined {
  const known = values.flatMap((value, at) => (value === undefined ? [] : [{ value, at }]));
  const total = known.reduce((sum, { value }) => sum + value, 0);
  const squares = known.reduce((sum, { value }) => sum + value * value, 0);
  let best: (Turn & { contrast: number }) | undefined;
  let [sumBefore, squaresBefore] = [0, 0];
  for (const [before, { value }] of known.entries()) {
    const after = known.length - before;
    if (before >= MIN_SIDE && after >= MIN_SIDE) {
      const means = [sumBefore / before, (total - sumBefore) / after] as const;
      const within =
        squaresBefore - before * means[0] ** 2 + (squares - squaresBefore - after * means[1] ** 2);
      const spread = Math.max(MIN_SPREAD, Math.sqrt(Math.max(0, within) / Math.max(1, known.length - 2)));
      const contrast = Math.abs(means[1] - means[0]) / (spread * Math.sqrt(1 / before + 1 / after));
      const at = known[before]?.at ?? 0;
      if (!best || contrast > best.contrast) best = { at, before: means[0], after: means[1], contrast };
    }
    sumBefore += value;
    squaresBefore += value * value;
  }
  if (!best || best.contrast < MIN_CONTRAST || Math.abs(best.after - best.before) < MIN_CHANGE)
    return undefined;
  return { at: best.at, before: best.before, after: best.after };
}

export function mean(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
