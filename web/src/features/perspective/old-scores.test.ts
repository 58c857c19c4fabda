import { expect, it } from "vitest";

import { guessScoreColumn, oldScore } from "./old-scores";

it.each([
  ["0.5", 0.5],
  [" 0,95 ", 0.95],
  ["1", 1],
  [".8", 0.8],
  ["1e-1", 0.1],
  ["", "missing"],
  [" ", "invalid"],
  ["86", "invalid"],
  ["-0.1", "invalid"],
  ["nan", "invalid"],
  ["0x1", "invalid"],
  ["1.2.3", "invalid"],
])("reads the old score %j as %s", (cell, expected) => {
  expect(oldScore(cell)).toBe(expected);
});

it.each([
  [["comment", "TOXICITY", "SPAM"], ["good", "0.1", "0.5"], 1],
  [["comment", "SPAM", "TOXICITY"], ["good", "yes", "0.5"], 2],
  [["comment", "SPAM", "SEVERE_TOXICITY", "toxicity"], ["good", "0.1", "0.2", "0.5"], 3],
  [["comment", "old_toxicity_score"], ["good", "0,5"], 1],
  [["comment", "old_toxicity_score"], ["good", "high"], undefined],
  [["id", "comment", "x"], ["12", "good", "0.4"], 2],
  [["comment", "x", "y"], ["good", "0.5", "0.4"], undefined],
  [["comment", "x"], ["good", "86"], undefined],
])("guesses which of %j has the old scores", (columns, row, expected) => {
  expect(guessScoreColumn({ columns, rows: [row] }, columns.indexOf("comment"))).toBe(expected);
});

it("knows a column by its name although a score in it is wrong", () => {
  const rows = [
    ["good", "0.5", "0.5"],
    ["bad", "0.5", "86"],
  ];
  expect(guessScoreColumn({ columns: ["comment", "x", "score"], rows }, 0)).toBe(2);
});
