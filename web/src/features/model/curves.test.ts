import { describe, expect, it } from "vitest";

import { measured } from "../../test/handlers";
import { spacedApart, atThreshold, binsOf, sampled } from "./curves";

const curve = measured.roc![0]!;

describe("atThreshold", () => {
  it("agrees with the confusion matrix at one half", () => {
    const [, positives] = measured.confusion!;
    const point = atThreshold(measured, curve, 0.5)!;
    expect(point.right).toBeCloseTo(positives![1]!, -1); // the saved curve is sampled
    expect(point.all).toBe(444);
    expect(point.precision).toBeCloseTo(0.84, 1);
  });

  it("predicts the label for everything at 0, and for hardly anything at 1", () => {
    expect(atThreshold(measured, curve, 0)).toMatchObject({
      called: 872,
      right: 444,
      recall: 1,
      falsePositiveRate: 1,
    });
    expect(atThreshold(measured, curve, 1.01)).toMatchObject({ called: 0, precision: undefined, recall: 0 });
  });

  it("agrees with the evaluation's thresholds", () => {
    for (const { threshold, label, precision, recall } of measured.thresholds!) {
      if (label !== curve.label || threshold === null) continue;
      const point = atThreshold(measured, curve, threshold)!;
      expect(point.precision).toBeCloseTo(precision!, 1);
      expect(point.recall).toBeCloseTo(recall!, 1);
    }
  });

  it("is undefined if the supports are unknown", () => {
    expect(atThreshold({ ...measured, per_class: null }, curve, 0.5)).toBeUndefined();
  });
});

it("samples a curve, and keeps its ends", () => {
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  expect(sampled(numbers, 11)).toHaveLength(11);
  expect([sampled(numbers, 11)[0], sampled(numbers, 11).at(-1)]).toEqual([0, 199]);
  expect(sampled([1, 2], 11)).toEqual([1, 2]);
});

it("drops the empty bins of a reliability diagram", () => {
  const bins = binsOf(measured.reliability!);
  expect(bins).toHaveLength(8);
  expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(872);
});

describe("spacedApart", () => {
  it("keeps labels from touching, and always keeps the last", () => {
    const place = (value: number) => value;
    expect(spacedApart([1, 2, 12, 13, 25], place, 10)).toEqual([2, 13, 25]);
    expect(spacedApart([7], place, 10)).toEqual([7]);
    expect(spacedApart([], place, 10)).toEqual([]);
  });
});
