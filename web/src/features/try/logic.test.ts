import { describe, expect, it } from "vitest";

import type { Scored } from "../../api/generated";
import { pullsOf, segmentsOf, sidesOf, strongest, tipOf } from "./logic";

const scored = (label: string, words: Scored["words"], labels = ["negative", "positive"]): Scored => ({
  kind: "scored",
  label,
  labels: null,
  probability: 0.9,
  sure: true,
  probabilities: labels.map((each) => ({ label: each, probability: each === label ? 0.9 : 0.1 })),
  tokens: 5,
  windows: 1,
  words,
});

describe("pullsOf", () => {
  it("turns code points into places in the string", () => {
    const [pull] = pullsOf("😀😀 dull", scored("negative", [{ start: 3, end: 7, effect: 0.3 }]));
    expect(pull).toMatchObject({ start: 5, end: 9, word: "dull", side: "left", level: 3 });
  });

  it("sends a word that speaks against the answer to the other side", () => {
    const words = [
      { start: 0, end: 1, effect: 0.5 },
      { start: 2, end: 3, effect: -0.2 },
    ];
    expect(pullsOf("a b", scored("positive", words)).map((pull) => pull.side)).toEqual(["right", "left"]);
    expect(pullsOf("a b", scored("negative", words)).map((pull) => pull.side)).toEqual(["left", "right"]);
    expect(pullsOf("a b", scored("joy", words, ["joy", "anger", "fear"])).map((pull) => pull.side)).toEqual([
      "right",
      "left",
    ]);
  });

  it("marks words by their share of the strongest, and none in a text that no word moves", () => {
    const levels = (...effects: number[]) =>
      pullsOf(
        "a b c d",
        scored(
          "positive",
          effects.map((effect, i) => ({ start: 2 * i, end: 2 * i + 1, effect })),
        ),
      ).map((pull) => pull.level);
    expect(levels(0.4, 0.2, 0.05, 0.01)).toEqual([3, 2, 1, 0]);
    expect(levels(0.001, 0.0005)).toEqual([0, 0]);
  });
});

describe("strongest", () => {
  it("sorts one side by strength and leaves out what is not marked", () => {
    const words = [
      { start: 0, end: 1, effect: 0.1 },
      { start: 2, end: 3, effect: 0.4 },
      { start: 4, end: 5, effect: 0.001 },
    ];
    expect(strongest(pullsOf("a b c", scored("positive", words)), "right").map((pull) => pull.word)).toEqual([
      "b",
      "a",
    ]);
  });
});

describe("segmentsOf", () => {
  it("loses no character, whatever is marked", () => {
    const text = " A dull,\nfilm 😀 ";
    const pulls = pullsOf(text, scored("negative", [{ start: 3, end: 7, effect: 0.4 }]));
    expect(segmentsOf(text, pulls).map((segment) => segment.text)).toEqual([" A ", "dull", ",\nfilm 😀 "]);
    expect(segmentsOf(text, []).map((segment) => segment.text)).toEqual([text]);
    expect(segmentsOf("", [])).toEqual([]);
  });
});

it("names a word's pull in words", () => {
  const answer = scored("positive", [{ start: 0, end: 1, effect: -0.123 }]);
  expect(pullsOf("a", answer).map((pull) => tipOf(pull, sidesOf(answer)))).toEqual([
    "+12 points toward negative",
  ]);
});
