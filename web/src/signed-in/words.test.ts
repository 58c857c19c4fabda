import { describe, expect, it } from "vitest";

import { chanceWords, goalOf, labelText, missingForFit, rightOf, testedOn, warningOf } from "./words";

const counts = (...labels: [string, number, number][]) => ({
  labels: labels.map(([label, train, test]) => ({ label, train, test })),
  train: labels.reduce((sum, [, train]) => sum + train, 0),
  test: labels.reduce((sum, [, , test]) => sum + test, 0),
  unlabelled: 0,
});

describe("What is missing for a fit", () => {
  it("is the eighth label", () => {
    expect(missingForFit(counts(["a", 5, 1], ["b", 1, 0]))).toMatch("There are 7.");
    expect(missingForFit(counts(["a", 5, 1], ["b", 2, 0]))).toBeUndefined();
  });
  it("is a second label to learn", () => {
    expect(missingForFit(counts(["a", 9, 1], ["b", 0, 2]))).toBe(
      "At least two labels need two examples each to learn from.",
    );
  });
});

describe("Words for figures", () => {
  it("count what was right", () =>
    expect(rightOf({ value: 0.84, low: 0.7, high: 0.9 }, 1200)).toBe("1,008 of 1,200"));
  it("say what the figures come from", () => {
    const version = { tested_rows: 1 } as Parameters<typeof testedOn>[0];
    expect(testedOn({ ...version, tested_on: "test" })).toBe(
      "Tested on 1 example that it never learns from.",
    );
    expect(testedOn({ ...version, tested_on: "cross-validation" })).toMatch("few test examples");
    expect(testedOn({ ...version, tested_on: "none" })).toBe("Not tested yet.");
  });
  it("warn of labels with few examples", () => {
    expect(warningOf({ label: "a", train: 4, test: 0 })).toBe("only 4 examples");
    expect(warningOf({ label: "a", train: 0, test: 0 })).toBe("no examples");
    expect(warningOf({ label: "a", train: 6, test: 2 })).toBeUndefined();
  });
  it("say what a p-value means", () => {
    expect(chanceWords(null)).toMatch("no test examples");
    expect(chanceWords(0.001)).toMatch("hardly ever");
    expect(chanceWords(0.04)).toMatch("1 of 25");
    expect(chanceWords(0.4)).toMatch("40% of comparisons");
  });
  it("name labels", () => {
    expect(labelText(null)).toBe("not labelled");
    expect(labelText([])).toBe("no label");
    expect(labelText(["a", "b"])).toBe("a, b");
  });
});

describe("The next goal", () => {
  it.each([
    [0, 20],
    [19, 20],
    [20, 50],
    [9_999, 10_000],
    [10_000, 20_000],
  ])("after %d is %d", (labelled, goal) => expect(goalOf(labelled)).toBe(goal));
});
