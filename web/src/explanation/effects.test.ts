import { describe, expect, it } from "vitest";

import type { Scored } from "../api/generated";
import { disagreementOf, wordEffectsOf, segmentsOf, sidesOf, strongest, tipOf } from "./effects";

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
  sentences: words && [],
  mixed: words && false,
});

const word = (start: number, end: number, log_odds: number, marked = true) => ({
  start,
  end,
  effect: log_odds / 10,
  log_odds,
  marked,
});

describe("wordEffectsOf", () => {
  it("converts code points to string offsets", () => {
    const [effect] = wordEffectsOf("😀😀 dull", scored("negative", [word(3, 7, 3)]));
    expect(effect).toMatchObject({ start: 5, end: 9, word: "dull", side: "left", level: 3 });
  });

  it("puts a word that speaks against the answer on the other side", () => {
    const words = [word(0, 1, 5), word(2, 3, -2)];
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

  it("marks words relative to the strongest, and none that is not worth showing", () => {
    const levels = (...words: [number, boolean][]) =>
      wordEffectsOf(
        "a b c d",
        scored(
          "positive",
          words.map(([logOdds, marked], i) => word(2 * i, 2 * i + 1, logOdds, marked)),
        ),
      ).map((effect) => effect.level);
    expect(levels([4, true], [-2, true], [0.5, true], [0.1, false])).toEqual([3, 2, 1, 0]);
    expect(levels([9, false], [0.2, true])).toEqual([0, 3]);
    expect(levels([0.2, false], [0.1, false])).toEqual([0, 0]);
  });
});

describe("disagreementOf", () => {
  const sentence = (start: number, end: number, label: string, probability: number, sure = true) => ({
    start,
    end,
    label,
    probability,
    sure,
  });
  const answer = {
    ...scored("positive", []),
    mixed: true,
    sentences: [
      sentence(0, 1, "positive", 0.8),
      sentence(2, 3, "negative", 0.9),
      sentence(4, 5, "positive", 0.95),
      sentence(6, 7, "negative", 0.99, false),
    ],
  };

  it("takes the surest sentence of each label", () => {
    expect(disagreementOf("😀 b c d", answer).map(({ text, label }) => [text, label])).toEqual([
      ["c", "positive"],
      ["b", "negative"],
    ]);
  });

  it("is empty unless the text is mixed", () => {
    expect(disagreementOf("a b c d", { ...answer, mixed: false })).toEqual([]);
    expect(disagreementOf("a b c d", { ...answer, mixed: null, sentences: null })).toEqual([]);
  });
});

describe("strongest", () => {
  it("sorts one side by strength, without unmarked words", () => {
    const words = [word(0, 1, 1), word(2, 3, 4), word(4, 5, 0.01, false)];
    expect(
      strongest(wordEffectsOf("a b c", scored("positive", words)), "right").map((effect) => effect.word),
    ).toEqual(["b", "a"]);
  });
});

describe("segmentsOf", () => {
  it("loses no character", () => {
    const text = " A dull,\nfilm 😀 ";
    const effects = wordEffectsOf(text, scored("negative", [word(3, 7, 4)]));
    expect(segmentsOf(text, effects).map((segment) => segment.text)).toEqual([" A ", "dull", ",\nfilm 😀 "]);
    expect(segmentsOf(text, []).map((segment) => segment.text)).toEqual([text]);
    expect(segmentsOf("", [])).toEqual([]);
  });
});

it("describes a word's effect", () => {
  const answer = scored("positive", [word(0, 1, -Math.log(2))]);
  expect(wordEffectsOf("a", answer).map((effect) => tipOf(effect, sidesOf(answer)))).toEqual([
    "×2.0 for negative",
  ]);
});
