import { expect, it } from "vitest";

import {
  counted,
  duration,
  longDuration,
  percent,
  percentOfTotal,
  percentRange,
  signed,
  oddsFactor,
} from "./format";
import { milliseconds, points, probability } from "./units";

it.each([
  [0.97, "97%"],
  [0.5, "50%"],
  [0.993, "99.3%"],
  [0.0071, "0.7%"],
  [0.99999, "over 99.9%"],
  [1, "over 99.9%"],
  [0, "under 0.1%"],
])("%d is %s", (value, words) => {
  expect(percent(probability(value))).toBe(words);
});

it("formats shares of a total, and ranges", () => {
  expect([0, 25, 3000, 5975, 6000].map((part) => percentOfTotal(part, 6000))).toEqual([
    "0%",
    "0.4%",
    "50%",
    "99.6%",
    "100%",
  ]);
  expect(percentRange(0.4, 0.6)).toBe("40 to 60%");
});

it("formats points with a minus sign, and rounds large ones", () => {
  expect([0.214, -0.004, 0.095, 0.00001].map((share) => signed(points(share)))).toEqual([
    "+21",
    "−0.4",
    "+9.5",
    "+0",
  ]);
});

it("formats durations", () => {
  expect([4.21, 180.4, 2500].map((ms) => duration(milliseconds(ms)))).toEqual(["4.2 ms", "180 ms", "2.5 s"]);
  expect([41, 600, 7200].map(longDuration)).toEqual(["41 s", "10 min", "2.0 h"]);
});

it("formats counts", () => {
  expect([counted(1, "token"), counted(1204, "token")]).toEqual(["1 token", "1,204 tokens"]);
});

it("says how many times the odds change", () => {
  expect([0, 0.7, -2.5, 6.9, 7, -40].map(oddsFactor)).toEqual([
    "×1.0",
    "×2.0",
    "×12",
    "×992",
    "×1000+",
    "×1000+",
  ]);
});
