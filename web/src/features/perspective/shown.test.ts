import { expect, it } from "vitest";

import { shownScore, shownThreshold } from "./shown";

it("shows every decimal of a threshold", () => {
  expect([0.5, 0.9772, 0.1234565, 0.1 + 0.2, 1].map(shownThreshold)).toEqual([
    "0.5",
    "0.9772",
    "0.1234565",
    "0.3",
    "1",
  ]);
});

it("shows on which side of the threshold a score is", () => {
  expect([shownScore(0.976, 0.9772), shownScore(0.4, 0.5), shownScore(1, 1)]).toEqual([
    "0.9760",
    "0.40",
    "1.00",
  ]);
});
