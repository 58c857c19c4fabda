import { describe, expect, it } from "vitest";

import type { Result } from "../../api/generated";
import { measured } from "../../test/handlers";
import { atThreshold } from "./curves";
import { labelCurvesOf } from "./label-curves";

const [negative, positive] = labelCurvesOf(measured);

describe("labelCurvesOf", () => {
  it("has curves for both labels, in the model's order", () => {
    expect(labelCurvesOf(measured).map(({ label }) => label)).toEqual(["negative", "positive"]);
    expect(positive?.roc).toBe(measured.roc?.[0]);
  });

  it.each(measured.thresholds!.filter(({ label }) => label === "negative"))(
    "agree with what was measured of the other at $threshold",
    ({ threshold, precision, recall }) => {
      const found = atThreshold(measured, negative!.roc, threshold!);
      // To the resolution of a saved curve, which holds 100 or so of its points.
      expect(Math.abs(found!.recall - recall!)).toBeLessThan(0.015);
      expect(Math.abs(found!.precision! - precision!)).toBeLessThan(0.015);
    },
  );

  it("has falling thresholds, from no predictions to all", () => {
    const { threshold, true_positive_rate: found, false_positive_rate: wrong } = negative!.roc;
    expect([threshold[0], found[0], wrong[0]]).toEqual([null, 0, 0]);
    expect([threshold.at(-1), found.at(-1), wrong.at(-1)]).toEqual([0, 1, 1]);
    const falling = threshold.slice(1);
    expect(falling).toEqual(falling.toSorted((a, b) => b! - a!));
  });

  it("mirrored twice is the original", () => {
    const back: Result = {
      ...measured,
      roc: [negative!.roc],
      precision_recall: [negative!.precisionRecall!],
      score_histogram: [negative!.histogram!],
    };
    const again = labelCurvesOf(back).find(({ label }) => label === "positive");
    expect(again?.histogram).toEqual(positive?.histogram);
    expect(again?.roc.true_positive_rate).toEqual(positive?.roc.true_positive_rate);
    const saved = measured.precision_recall![0]!.average_precision;
    expect(Math.abs(again!.precisionRecall!.average_precision - saved)).toBeLessThan(0.005);
  });
});

it("doesn't mirror for multi-label models or more than two labels", () => {
  const labels = (result: Partial<Result>) =>
    labelCurvesOf({ ...measured, ...result }).map(({ label }) => label);
  expect(labels({ multi_label: true })).toEqual(["positive"]);
  expect(labels({ labels: ["negative", "neutral", "positive"] })).toEqual(["positive"]);
});
