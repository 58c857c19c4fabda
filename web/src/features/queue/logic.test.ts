import { describe, expect, it } from "vitest";

import { newItem, VERSION } from "./fake-queue.testing";
import { actionOf, keysOfLabels } from "./keys";
import { markedPieces, tipping } from "./marked-pieces";
import { wantedOf } from "./wanted";
import { ageWords, decisionWords, recordWords, scoreWords, whyWords } from "./words";

const press = (key: string, more = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});

describe("Keys", () => {
  it("of labels are letters of their names that are free", () => {
    expect([...keysOfLabels(["off-topic", "offensive", "ok", "spam", "ruz"])]).toEqual([
      ["off-topic", "o"],
      ["offensive", "f"],
      ["ok", "6"],
      ["spam", "s"],
      ["ruz", "7"],
    ]);
  });
  it("of labels are never those of other actions, and run out without harm", () => {
    const keys = keysOfLabels(Array.from({ length: 40 }, (_, i) => `ajkruz ${i}`));
    expect(new Set(keys.values()).size).toBe(keys.size);
    expect([...keys.values()].some((key) => "ajkruz12345".includes(key))).toBe(false);
  });
  it.each([
    [press("A", { shiftKey: true }), { kind: "decide", action: "approve", copies: true }],
    [press("r"), { kind: "decide", action: "remove", copies: false }],
    [press("o"), { kind: "label", label: "off-topic", copies: false }],
    [press("?", { shiftKey: true }), { kind: "help" }],
    [press("5"), { kind: "reason", reason: 5 }],
    [press("r", { ctrlKey: true }), undefined],
    [press("x"), undefined],
  ])("%j", (pressed, action) => expect(actionOf(pressed, new Map([["off-topic", "o"]]))).toEqual(action));
});

describe("The address", () => {
  it("chooses what is shown", () => {
    expect(wantedOf({ state: "unsure", order: "oldest", why: "blind", author: "bob", view: "x" })).toEqual({
      state: "unsure",
      order: "oldest",
      why: "blind",
      author: "bob",
    });
  });
  it("with values that don’t exist shows everything", () => {
    expect(wantedOf({ state: "x", order: "y", why: "z", search: " " })).toEqual({
      state: "open",
      order: "score",
    });
  });
});

describe("Words that tipped a comment", () => {
  const text = "🙂 you idiot, thanks";
  const words = [
    { start: 2, end: 5, effect: 0.02, log_odds: 0.2, marked: false },
    { start: 6, end: 11, effect: 0.5, log_odds: 2.6, marked: true },
    { start: 13, end: 19, effect: -0.3, log_odds: -1.5, marked: true },
  ];
  const explanation = { text, label: "removed", probability: 0.9, words, version: VERSION };

  it("are marked, with places in code points", () => {
    const marked = markedPieces(explanation, "kept").filter(({ isMarked }) => isMarked);
    expect(marked).toEqual([{ text: "idiot", isMarked: true }]);
    const whole = markedPieces(explanation, "kept").map((piece) => piece.text);
    expect(whole.join("")).toBe(text);
  });
  it("are those against the label to approve", () => {
    expect(tipping({ ...explanation, label: "kept" }, "kept")).toEqual([{ word: "thanks", effect: 0.3 }]);
    expect(tipping(explanation, "kept").map(({ word }) => word)).toEqual(["idiot", "you"]);
  });
});

describe("The words", () => {
  const rules = { pass_below: 0.3, flag_from: 0.7 };
  it.each([
    [{}, "Flagged: 91% likely to need action. Comments are flagged from 70% on."],
    [{ why: "unsure", score: 0.5 }, "Between the thresholds: 50%"],
    [{ why: "unsure", score: null }, "Choose the label to approve"],
    [{ why: "blind", score: null }, "decide without the classifier"],
    [{ why: "unreadable", score: null, error: "text-too-long" }, "it is too long"],
    [{ why: "unscored", score: null }, "no version was published"],
    [{ why: null, score: 0.1 }, "It passed: 10%"],
  ] as const)("of why %j", (given, words) => expect(whyWords(newItem(1, given), rules)).toContain(words));
  it("of a score", () => {
    expect([0.914, null].map((score) => scoreWords(newItem(1, { score })))).toEqual(["91%", "none"]);
    expect(scoreWords(newItem(1, { score: null, why: "blind" }))).toBe("blind");
  });
  it("of a decision", () => {
    expect(decisionWords({ action: "remove", reason: 3 })).toBe("Removed: spam");
    expect(decisionWords({ action: "label", labels: ["a", "b"] })).toBe("Labelled a, b");
    expect(decisionWords({ action: "label", labels: [] })).toBe("Labelled none");
  });
  it("of an author", () => {
    expect(recordWords("bob", { decided: 0, removed: 0 })).toBe("No comment by bob was decided before.");
    expect(recordWords("bob", { decided: 1, removed: 1 })).toContain("was not approved");
  });
  it.each([
    [30_000, "now"],
    [300_000, "5 min"],
    [3 * 3_600_000, "3 h"],
    [5 * 86_400_000, "5 days"],
  ])("of an age of %d ms", (ms, words) =>
    expect(ageWords("2026-11-29T11:00:00Z", Date.parse("2026-11-29T11:00:00Z") + ms)).toBe(words),
  );
});
