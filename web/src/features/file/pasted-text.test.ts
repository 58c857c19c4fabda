import { expect, it } from "vitest";

import { paragraphsOf } from "./pasted-text";

it("has a row per paragraph, whatever its characters", () => {
  expect(paragraphsOf('First line,\nstill "first".\n \r\n\nSecond; third.\n')).toEqual([
    'First line,\nstill "first".',
    "Second; third.",
  ]);
});

it("has a row per line if there are no empty lines", () => {
  expect(paragraphsOf("one\n  two\r\nthree")).toEqual(["one", "two", "three"]);
});

it("splits a long paragraph between sentences without losing text", () => {
  const sentence = "It was a long and winding tale, and it went on. ";
  const rows = paragraphsOf(sentence.repeat(700)); // 33,600 characters
  expect(rows.length).toBeGreaterThan(6);
  for (const row of rows) expect(row).toMatch(/^It was.* went on\.$/s);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(5000);
  expect(rows.join(" ")).toBe(sentence.repeat(700).trim());
});

it.each([
  ["words without a full stop", "word ".repeat(3000)],
  ["one endless word", "x".repeat(12_000)],
])("cuts %s", (_what, text) => {
  const rows = paragraphsOf(text);
  expect(rows).toHaveLength(3);
  expect(rows.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
});
