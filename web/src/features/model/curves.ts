/** Figures at a threshold. Field names are those of the results file. */
import type { Result, RocCurve } from "../../api/generated";

/** What a threshold does to the evaluated rows. */
export interface AtThreshold {
  /** Rows predicted as the label. */
  called: number;
  /** Predicted rows that are correct. */
  right: number;
  /** Rows that have the label. */
  all: number;
  precision: number | undefined;
  recall: number;
  falsePositiveRate: number;
  /** Rows predicted as the label, per thousand. */
  perThousand: number;
}

/**
 * The curve's point at `threshold`: the one with the lowest threshold that is at least as high. Undefined if the result
 * doesn't say how many rows have the label.
 */
export function atThreshold(result: Result, curve: RocCurve, threshold: number): AtThreshold | undefined {
  const support = supportOf(result, curve.label);
  if (!support) return undefined;
  let at = 0;
  curve.threshold.forEach((value, i) => {
    if ((value ?? Number.POSITIVE_INFINITY) >= threshold) at = i;
  });
  const recall = curve.true_positive_rate[at] ?? 0;
  const falsePositiveRate = curve.false_positive_rate[at] ?? 0;
  const right = Math.round(recall * support.own);
  const called = right + Math.round(falsePositiveRate * support.others);
  return {
    called,
    right,
    all: support.own,
    precision: called === 0 ? undefined : right / called,
    recall,
    falsePositiveRate,
    perThousand: Math.round((1000 * called) / result.rows),
  };
}

function supportOf(result: Result, label: string): { own: number; others: number } | undefined {
  const own = result.per_class?.find((row) => row.label === label)?.support;
  return own === undefined ? undefined : { own, others: result.rows - own };
}

/** The number of a curve's points in its table. */
export const CURVE_TABLE_ROWS = 11;

/** At most `most` of a curve's points, including both ends. */
export function sampled<Point>(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  return Array.from(
    { length: most },
    (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))],
  ).filter((point) => point !== undefined);
}

export interface Bin {
  from: number;
  to: number;
  rows: number;
  confidence: number;
  accuracy: number;
}

/** The non-empty bins of a reliability diagram. */
export function binsOf({ rows, confidence, accuracy }: NonNullable<Result["reliability"]>): Bin[] {
  return rows.flatMap((count, i) =>
    count === 0
      ? []
      : [
          {
            from: i / rows.length,
            to: (i + 1) / rows.length,
            rows: count,
            confidence: confidence[i] ?? 0,
            accuracy: accuracy[i] ?? 0,
          },
        ],
  );
}

/**
 * Of rising values, those whose places are at least `room` spacedApart, so that their names don't touch; always the
 * last.
 */
export function spacedApart(
  values: readonly number[],
  place: (value: number) => number,
  room: number,
): number[] {
  return values.reduceRight<number[]>((kept, value) => {
    const [next] = kept;
    return next === undefined || place(next) - place(value) >= room ? [value, ...kept] : kept;
  }, []);
}
