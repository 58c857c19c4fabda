import { describe, expect, it } from "vitest";

import { endsOf, endsOfPair, probabilityOf } from "./labels";

describe("endsOfPair", () => {
  it("puts the favourable label on the right, whatever the model's order", () => {
    expect(endsOfPair(["negative", "positive"])).toEqual({ left: "negative", right: "positive" });
    expect(endsOfPair(["positive", "negative"])).toEqual({ left: "negative", right: "positive" });
    expect(endsOfPair(["ham", "spam"])).toEqual({ left: "spam", right: "ham" });
    expect(endsOfPair(["fact", "opinion"])).toEqual({ left: "fact", right: "opinion" });
  });

  it("is undefined for one label or three", () => {
    expect(endsOfPair(["only"])).toBeUndefined();
    expect(endsOfPair(["a", "b", "c"])).toBeUndefined();
  });
});

it("is undefined for multi-label models", () => {
  const labels = ["praise", "question"];
  expect(endsOf({ labels, multi_label: false })).toEqual({ left: "praise", right: "question" });
  expect(endsOf({ labels, multi_label: true })).toBeUndefined();
});

it("looks up a label's probability", () => {
  const probabilities = [
    { label: "negative", probability: 0.2 },
    { label: "positive", probability: 0.8 },
  ];
  expect(probabilityOf(probabilities, "positive")).toBe(0.8);
  expect(probabilityOf(probabilities, "joy")).toBe(0);
});
