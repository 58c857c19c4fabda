/** What a curve says at a threshold. Pure; the names of the figures are those of the results file. */
import type { Result, RocCurve } from "../../api/generated";

/** What calling a text the label from a threshold on does to the rows that were measured. */
export interface AtThreshold {
  /** Rows that are called the label. */
  called: number;
  /** Of these, the ones that are. */
  right: number;
  /** Rows that are the label. */
  all: number;
  precision: number | undefined;
  recall: number;
  falsePositiveRate: number;
  /** In a thousand texts like those measured, how many are called the label. */
  perThousand: number;
}

/**
 * The curve's point at `threshold`: a row counts from its probability on, so it is the point with the lowest threshold
 * that is no lower. Undefined where the result does not say how many rows are of the label.
 */
export function atThreshold(result: Result, curve: RocCurve, threshold: number): AtThreshold | undefined {
  const support = supportOf(result, curve.label);
  if (!support) return undefined;
  let at = 0;
  curve.threshold.forEach((each, i) => {
    if ((each ?? Number.POSITIVE_INFINITY) >= threshold) at = i;
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
  const own = result.per_class?.find((each) => each.label === label)?.support;
  return own === undefined ? undefined : { own, others: result.rows - own };
}

/** How many of a curve's points its table holds. */
export const CURVE_TABLE_ROWS = 11;

/** At most `most` of a curve's points, both ends among them. */
export function thinned<Point>(points: readonly Point[], most: number): Point[] {
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

/** The bins of a reliability diagram that hold any rows. */
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

/** Of rising values, those whose places are at least `room` apart, so that their names don't touch; always the last. */
export function apart(values: readonly number[], place: (value: number) => number, room: number): number[] {
  return values.reduceRight<number[]>((kept, value) => {
    const [next] = kept;
    return next === undefined || place(next) - place(value) >= room ? [value, ...kept] : kept;
  }, []);
}
