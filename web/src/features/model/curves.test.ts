import { describe, expect, it } from "vitest";

import { measured } from "../../test/handlers";
import { apart, atThreshold, binsOf, thinned } from "./curves";

const curve = measured.roc![0]!;

describe("atThreshold", () => {
  it("agrees with the confusion matrix at one half", () => {
    const [, positives] = measured.confusion!;
    const found = atThreshold(measured, curve, 0.5)!;
    expect(found.right).toBeCloseTo(positives![1]!, -1); // the saved curve is thinned
    expect(found.all).toBe(444);
    expect(found.precision).toBeCloseTo(0.84, 1);
  });

  it("calls everything the label from 0 on, and hardly anything at 1", () => {
    expect(atThreshold(measured, curve, 0)).toMatchObject({
      called: 872,
      right: 444,
      recall: 1,
      falsePositiveRate: 1,
    });
    expect(atThreshold(measured, curve, 1.01)).toMatchObject({ called: 0, precision: undefined, recall: 0 });
  });

  it("reaches the aims that the evaluation found", () => {
    for (const { threshold, label, precision, recall } of measured.thresholds!) {
      if (label !== curve.label || threshold === null) continue;
      const found = atThreshold(measured, curve, threshold)!;
      expect(found.precision).toBeCloseTo(precision!, 1);
      expect(found.recall).toBeCloseTo(recall!, 1);
    }
  });

  it("says nothing where the supports are unknown", () => {
    expect(atThreshold({ ...measured, per_class: null }, curve, 0.5)).toBeUndefined();
  });
});

it("thins a curve, and keeps its ends", () => {
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  expect(thinned(numbers, 11)).toHaveLength(11);
  expect([thinned(numbers, 11)[0], thinned(numbers, 11).at(-1)]).toEqual([0, 199]);
  expect(thinned([1, 2], 11)).toEqual([1, 2]);
});

it("drops the bins of a reliability diagram that are empty", () => {
  const bins = binsOf(measured.reliability!);
  expect(bins).toHaveLength(8);
  expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(872);
});

describe("apart", () => {
  it("keeps names from touching, and always the last", () => {
    const place = (value: number) => value;
    expect(apart([1, 2, 12, 13, 25], place, 10)).toEqual([2, 13, 25]);
    expect(apart([7], place, 10)).toEqual([7]);
    expect(apart([], place, 10)).toEqual([]);
  });
});
