/** A threshold needs all its decimals: rounded, it would flag others. Seven are the most that six of a score can need. */
export const shownThreshold = (threshold: number): string => `${Number(threshold.toFixed(7))}`;

/** A score with as many decimals as tell it from the threshold, and at least two. */
export const shownScore = (score: number, threshold: number): string =>
  score.toFixed(Math.max(2, shownThreshold(threshold).split(".")[1]?.length ?? 0));
