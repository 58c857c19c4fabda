import { describe, expect, it } from "vitest";

import { endsOf, poles, probabilityOf } from "./labels";

describe("poles", () => {
  it("puts the good label on the right, whichever way the model lists them", () => {
    expect(poles(["negative", "positive"])).toEqual({ left: "negative", right: "positive" });
    expect(poles(["positive", "negative"])).toEqual({ left: "negative", right: "positive" });
    expect(poles(["ham", "spam"])).toEqual({ left: "spam", right: "ham" });
    expect(poles(["fact", "opinion"])).toEqual({ left: "fact", right: "opinion" });
  });

  it("has none for one label or three", () => {
    expect(poles(["only"])).toBeUndefined();
    expect(poles(["a", "b", "c"])).toBeUndefined();
  });
});

it("has no ends where a text may have both labels", () => {
  const labels = ["praise", "question"];
  expect(endsOf({ labels, multi_label: false })).toEqual({ left: "praise", right: "question" });
  expect(endsOf({ labels, multi_label: true })).toBeUndefined();
});

it("looks a label's probability up", () => {
  const probabilities = [
    { label: "negative", probability: 0.2 },
    { label: "positive", probability: 0.8 },
  ];
  expect(probabilityOf(probabilities, "positive")).toBe(0.8);
  expect(probabilityOf(probabilities, "joy")).toBe(0);
});
