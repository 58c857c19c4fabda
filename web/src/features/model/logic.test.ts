import { describe, expect, it } from "vitest";

import { detail } from "../../test/handlers";
import {
  axisFor,
  cardParts,
  commandsOf,
  factsOf,
  groupsOf,
  dataSetName,
  placeOn,
  wrapCommand,
} from "./logic";

describe("groupsOf", () => {
  it("groups results on the same rows, most accurate first", () => {
    const [first] = detail.results;
    const other = { ...first!, name: "IMDb", data: "imdb", rows: 25_000 };
    const better = {
      ...first!,
      name: "Better",
      metrics: { accuracy: { value: 0.95, low: 0.93, high: 0.97 } },
    };
    const groups = groupsOf({ results: [first!, other], comparisons: [better] });
    expect(groups.map(({ title, rows }) => [title, rows.map((row) => row.name)])).toEqual([
      ["SST-2, test split, 872 texts", ["Better", "Only the final layer changed"]],
      ["IMDb, test split, 25,000 texts", ["IMDb"]],
    ]);
    expect(groups[0]?.metrics).toEqual(["accuracy", "ece"]);
    expect(groups[0]?.rows.map((row) => row.own)).toEqual([false, true]);
  });
});

it("doesn't call a whole file a split", () => {
  expect(dataSetName({ data: "sst2", split: "dev" })).toBe("SST-2, dev split");
  expect(dataSetName({ data: "mine", split: "all of mine.csv" })).toBe("mine");
  expect(dataSetName({ data: "mine", split: "cross-validation" })).toBe("mine, cross-validation");
});

it("omits the list of validation passes", () => {
  expect(factsOf({ stage: "distill", validation: [{ step: 1, sst2_accuracy: 0.9 }] })).toEqual([
    ["stage", "distill"],
  ]);
});

describe("axisFor", () => {
  it("contains every interval between round ends", () => {
    const axis = axisFor([
      { value: 0.8, low: 0.774, high: 0.826 },
      { value: 0.868, low: 0.845, high: 0.89 },
    ]);
    expect(axis.low).toBeCloseTo(0.76);
    expect(axis.high).toBeCloseTo(0.9);
    expect(axis.ticks).toHaveLength(8);
    expect(placeOn(axis, 0.83)).toBeCloseTo(50);
  });

  it("handles an interval without width", () => {
    const axis = axisFor([{ value: 1, low: 1, high: 1 }]);
    expect(axis.high).toBeGreaterThan(axis.low);
  });
});

describe("cardParts", () => {
  it("drops metadata and title, and separates the limits", () => {
    expect(
      cardParts(
        "---\na: b\n---\n# Name\n\nHello.\n\n## Limits\n\n- English.\n\n## Results\n\n| 1 |\n\n## Use\n\nSo.\n",
      ),
    ).toEqual({
      body: "Hello.\n\n## Use\n\nSo.",
      limits: "- English.",
    });
  });

  it("keeps a card without these as it is", () => {
    expect(cardParts("Just text.")).toEqual({ body: "Just text.", limits: undefined });
    expect(cardParts("")).toEqual({ body: "", limits: undefined });
  });
});

it("lists each command once, and the rest as text", () => {
  expect(commandsOf(detail)).toEqual(["valence pretrain --data imdb", detail.results[0]?.command]);
  expect(factsOf(detail.provenance)).toEqual([
    ["rows", "60,614"],
    ["versions", "torch: 2.12.0"],
  ]);
});

it("wraps a long command at its options", () => {
  expect(wrapCommand("valence a --b c")).toBe("valence a --b c");
  expect(wrapCommand(`valence transfer --from ${"x".repeat(80)} --out y`)).toContain(" \\\n  --out y");
});
