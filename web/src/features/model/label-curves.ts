/**
 * Curves of one label against the rest. With two labels an evaluation saves one; the other's are its mirror image.
 */
import type { PrecisionRecallCurve, Result, RocCurve, ScoreHistogram } from "../../api/generated";

export interface LabelCurves {
  label: string;
  roc: RocCurve;
  precisionRecall: PrecisionRecallCurve | undefined;
  histogram: ScoreHistogram | undefined;
}

/** An entry per label that has a curve, saved or mirrored, in the model's order. */
export function labelCurvesOf(result: Result): LabelCurves[] {
  const of = <Curve extends { label: string }>(curves: readonly Curve[] | null, label: string) =>
    (curves ?? []).find((curve) => curve.label === label);
  const saved = (result.roc ?? []).map((roc) => ({
    label: roc.label,
    roc,
    precisionRecall: of(result.precision_recall, roc.label),
    histogram: of(result.score_histogram, roc.label),
  }));
  const labels = result.labels ?? saved.map(({ label }) => label);
  const [only] = saved;
  const other = labels.find((label) => label !== only?.label);
  if (result.multi_label || labels.length !== 2 || saved.length !== 1 || !only || other === undefined)
    return saved;
  const rows = (label: string) => of(result.per_class, label)?.support ?? 0;
  const mirror = mirrored(only, other, { own: rows(other), others: rows(only.label) });
  return labels[0] === other ? [mirror, only] : [only, mirror];
}

/**
 * The curves of the other label, whose probability is 1 minus the saved one's. A text not predicted as one is predicted as
 * the other, so its false positive rate is the first's false negative rate, and vice versa.
 */
function mirrored({ roc, histogram }: LabelCurves, label: string, rows: Support): LabelCurves {
  const points = roc.threshold.map((threshold, i) => ({
    // The last point of the saved curve predicts the label for everything: here for nothing.
    threshold: i === roc.threshold.length - 1 ? null : threshold === null ? 0 : rounded(1 - threshold),
    falsePositiveRate: rounded(1 - (roc.true_positive_rate[i] ?? 0)),
    truePositiveRate: rounded(1 - (roc.false_positive_rate[i] ?? 0)),
  }));
  points.reverse();
  const mirror: RocCurve = {
    label,
    area: roc.area,
    false_positive_rate: points.map((point) => point.falsePositiveRate),
    true_positive_rate: points.map((point) => point.truePositiveRate),
    threshold: points.map((point) => point.threshold),
  };
  return {
    label,
    roc: mirror,
    precisionRecall: precisionRecallOf(mirror, rows),
    histogram: histogram && {
      label,
      own: histogram.others.toReversed(),
      others: histogram.own.toReversed(),
    },
  };
}

interface Support {
  /** Rows with the label, and without it. */
  own: number;
  others: number;
}

/** Derived from a ROC curve and the number of rows of either kind; undefined if unknown. */
function precisionRecallOf(roc: RocCurve, { own, others }: Support): PrecisionRecallCurve | undefined {
  if (own === 0 || others === 0) return undefined;
  const points = roc.threshold.flatMap((threshold, i) => {
    const recall = roc.true_positive_rate[i] ?? 0;
    const hits = recall * own;
    const called = hits + (roc.false_positive_rate[i] ?? 0) * others;
    return threshold === null || called === 0 ? [] : [{ threshold, recall, precision: hits / called }];
  });
  // The area under the curve between its saved points.
  const average = points.reduce((sum, point, i) => {
    const before = points[i - 1] ?? { recall: 0, precision: point.precision };
    return sum + ((point.recall - before.recall) * (point.precision + before.precision)) / 2;
  }, 0);
  return {
    label: roc.label,
    average_precision: average,
    recall: points.map((point) => point.recall),
    precision: points.map((point) => point.precision),
    threshold: points.map((point) => point.threshold),
  };
}

const rounded = (value: number): number => Math.round(value * 1e5) / 1e5;
