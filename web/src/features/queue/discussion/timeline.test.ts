import { describe, expect, it } from "vitest";

import { movingAverage, turnOf } from "./timeline";

describe("movingAverage", () => {
  it("averages the known values around each value", () => {
    expect(movingAverage([0, 0.3, 0.6, undefined, 1], 3)).toEqual([
      0.15,
      expect.closeTo(0.3),
      expect.closeTo(0.45),
      expect.closeTo(0.8),
      1,
    ]);
    expect(movingAverage([undefined, undefined], 3)).toEqual([undefined, undefined]);
  });
});

describe("turnOf", () => {
  it("finds the turning point", () => {
    expect(turnOf([0.9, 0.8, 0.95, 0.85, 0.1, 0.2, 0.15])).toEqual({
      at: 4,
      before: expect.closeTo(0.875) as number,
      after: expect.closeTo(0.15) as number,
    });
  });

  it("skips comments without a score, but counts them", () => {
    expect(turnOf([0.9, undefined, 0.8, 0.9, undefined, 0.1, 0.2, 0.1])?.at).toBe(5);
  });

  it.each([
    ["nothing", []],
    ["too few comments", [0.9, 0.9, 0.1, 0.1]],
    ["one mood", Array.from({ length: 20 }, () => 0.7)],
    ["a see-saw", Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 0.9 : 0.1))],
    ["a change too small to speak of", [0.6, 0.6, 0.6, 0.6, 0.7, 0.7, 0.7, 0.7]],
  ])("finds no turning point in %s", (_what, values) => {
    expect(turnOf(values)).toBeUndefined();
  });
});
