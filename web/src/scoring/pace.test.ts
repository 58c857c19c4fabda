import { expect, it } from "vitest";

import { Pace } from "./pace";

it("computes the recent rate and the time left", () => {
  const pace = new Pace();
  expect(pace.perSecond()).toBeUndefined();
  pace.sample(0, 0);
  pace.sample(100, 50);
  expect(pace.perSecond()).toBeUndefined();
  pace.sample(2000, 1000);
  expect(pace.perSecond()).toBe(500);
  expect(pace.secondsLeft(2000)).toBe(2);
});

it("ignores old samples", () => {
  const pace = new Pace();
  pace.sample(0, 0);
  pace.sample(100_000, 1_000_000);
  pace.sample(101_000, 1_000_100);
  expect(pace.perSecond()).toBe(100);
});

it("has no rate without progress", () => {
  const pace = new Pace();
  pace.sample(0, 10);
  pace.sample(5000, 10);
  expect(pace.secondsLeft(20)).toBeUndefined();
});
