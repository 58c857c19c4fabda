import { expect, it } from "vitest";

import type { Scored } from "../../api/generated";
import { Scores } from "../../scoring/scores";
import { DEFAULT_VIEW, rowsShown, valuesOf, viewOf, type View } from "./view";

const scored = (positive: number, sure = true): Scored => ({
  kind: "scored",
  label: positive >= 0.5 ? "positive" : "negative",
  labels: null,
  probability: Math.max(positive, 1 - positive),
  sure,
  probabilities: [
    { label: "negative", probability: 1 - positive },
    { label: "positive", probability: positive },
  ],
  tokens: 3,
  windows: 1,
  text: null,
  words: null,
  sentences: null,
  mixed: null,
});

/** Rows: positive, not sure, failed, negative, pending. */
function five() {
  const scores = new Scores(5, ["negative", "positive"]);
  scores.put(0, scored(0.9));
  scores.put(1, scored(0.6, false));
  scores.put(2, { kind: "error", error: { code: "text-empty", detail: "It is empty." } });
  scores.put(3, scored(0.05));
  return scores;
}
const TEXTS = ["Good", "Hm, good", "", "BAD", "later"];
const shown = (changed: Partial<View>) => rowsShown(five(), TEXTS, { ...DEFAULT_VIEW, ...changed });

it("counts rows by state", () => {
  expect(five().counts()).toEqual({ byLabel: [1, 1], sure: 2, without: 0, unsure: 1, failed: 1, pending: 1 });
  expect(five().pending()).toEqual([4]);
  expect(five().histogram(1, 4)).toEqual([1, 0, 1, 1]);
});

it("filters by state", () => {
  expect(shown({ filter: { kind: "label", label: 1 } })).toEqual([0]);
  expect(shown({ filter: { kind: "unsure" } })).toEqual([1]);
  expect(shown({ filter: { kind: "failed" } })).toEqual([2]);
});

it("ignores case in searches", () => {
  expect(shown({ query: " GOOD " })).toEqual([0, 1]);
  expect(shown({ query: "nowhere" })).toEqual([]);
});

it("sorts rows without a score last, and ties in file order", () => {
  expect(shown({ sort: { by: "label", label: 0 } })).toEqual([3, 1, 0, 2, 4]);
  expect(shown({ sort: { by: "label", label: 1 } })).toEqual([0, 1, 3, 2, 4]);
  expect(shown({ sort: { by: "doubt" } })).toEqual([1, 0, 3, 2, 4]);
});

it.each<Partial<View>>([
  {},
  { filter: { kind: "label", label: 1 }, sort: { by: "label", label: 0 } },
  { filter: { kind: "unsure" }, sort: { by: "doubt" }, query: "a & b" },
  { filter: { kind: "failed" } },
])("comes back from the address as %j", (changed) => {
  const labels = ["negative", "all"];
  const view = { ...DEFAULT_VIEW, ...changed };
  const values = Object.entries(valuesOf(view, labels)).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  expect(viewOf(Object.fromEntries(values), labels)).toEqual(view);
});

it("falls back to the defaults for unknown values", () => {
  expect(viewOf({ show: "label:gone", order: "sideways" }, ["negative"])).toEqual(DEFAULT_VIEW);
});
