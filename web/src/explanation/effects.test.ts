import { describe, expect, it } from "vitest";

import type { Scored } from "../api/generated";
import { wordEffectsOf, segmentsOf, sidesOf, strongest, tipOf } from "./effects";

const scored = (label: string, words: Scored["words"], labels = ["negative", "positive"]): Scored => ({
  kind: "scored",
  label,
  labels: null,
  probability: 0.9,
  sure: true,
  probabilities: labels.map((name) => ({ label: name, probability: name === label ? 0.9 : 0.1 })),
  tokens: 5,
  windows: 1,
  text: null,
  words,
});

describe("wordEffectsOf", () => {
  it("converts code points to string offsets", () => {
    const [effect] = wordEffectsOf("😀😀 dull", scored("negative", [{ start: 3, end: 7, effect: 0.3 }]));
    expect(effect).toMatchObject({ start: 5, end: 9, word: "dull", side: "left", level: 3 });
  });

  it("puts a word that speaks against the answer on the other side", () => {
    const words = [
      { start: 0, end: 1, effect: 0.5 },
      { start: 2, end: 3, effect: -0.2 },
    ];
    expect(wordEffectsOf("a b", scored("positive", words)).map((effect) => effect.side)).toEqual([
      "right",
      "left",
    ]);
    expect(wordEffectsOf("a b", scored("negative", words)).map((effect) => effect.side)).toEqual([
      "left",
      "right",
    ]);
    expect(
      wordEffectsOf("a b", scored("joy", words, ["joy", "anger", "fear"])).map((effect) => effect.side),
    ).toEqual(["right", "left"]);
  });

  it("marks words relative to the strongest, and none if no word matters", () => {
    const levels = (...effects: number[]) =>
      wordEffectsOf(
        "a b c d",
        scored(
          "positive",
          effects.map((effect, i) => ({ start: 2 * i, end: 2 * i + 1, effect })),
        ),
      ).map((effect) => effect.level);
    expect(levels(0.4, 0.2, 0.05, 0.01)).toEqual([3, 2, 1, 0]);
    expect(levels(0.001, 0.0005)).toEqual([0, 0]);
  });
});

describe("strongest", () => {
  it("sorts one side by strength, without unmarked words", () => {
    const words = [
      { start: 0, end: 1, effect: 0.1 },
      { start: 2, end: 3, effect: 0.4 },
      { start: 4, end: 5, effect: 0.001 },
    ];
    expect(
      strongest(wordEffectsOf("a b c", scored("positive", words)), "right").map((effect) => effect.word),
    ).toEqual(["b", "a"]);
  });
});

describe("segmentsOf", () => {
  it("loses no character", () => {
    const text = " A dull,\nfilm 😀 ";
    const effects = wordEffectsOf(text, scored("negative", [{ start: 3, end: 7, effect: 0.4 }]));
    expect(segmentsOf(text, effects).map((segment) => segment.text)).toEqual([" A ", "dull", ",\nfilm 😀 "]);
    expect(segmentsOf(text, []).map((segment) => segment.text)).toEqual([text]);
    expect(segmentsOf("", [])).toEqual([]);
  });
});

it("describes a word's effect", () => {
  const answer = scored("positive", [{ start: 0, end: 1, effect: -0.123 }]);
  expect(wordEffectsOf("a", answer).map((effect) => tipOf(effect, sidesOf(answer)))).toEqual([
    "+12 points for negative",
  ]);
});
