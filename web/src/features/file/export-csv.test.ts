import Papa from "papaparse";
import { expect, it } from "vitest";

import { resultCsv } from "./export-csv";
import type { Table } from "../../scoring/run";
import { resultName } from "./results";
import { Scores } from "../../scoring/scores";

function written(table: Table, scores = new Scores(table.rows.length, ["negative", "positive"])) {
  const csv = resultCsv(table, scores, table.rows.keys());
  expect(csv.startsWith("\ufeff")).toBe(true);
  return Papa.parse<string[]>(csv.slice(1)).data;
}

it("keeps the columns and appends the results", () => {
  const table = {
    columns: ["id", "text"],
    rows: [
      ["7", 'say "hi", twice\nor so'],
      ["8", ""],
    ],
  };
  const scores = new Scores(2, ["negative", "positive"]);
  scores.put(0, {
    kind: "scored",
    label: "positive",
    labels: null,
    probability: 0.9,
    sure: true,
    probabilities: [
      { label: "negative", probability: 0.1 },
      { label: "positive", probability: 0.9 },
    ],
    tokens: 4,
    windows: 1,
    text: null,
    words: null,
    sentences: null,
    mixed: null,
  });
  scores.put(1, { kind: "error", error: { code: "text-empty", detail: "It is empty." } });
  expect(written(table, scores)).toEqual([
    [
      "id",
      "text",
      "predicted_label",
      "predicted_probability",
      "predicted_sure",
      "predicted_error",
      "predicted_p_negative",
      "predicted_p_positive",
    ],
    ["7", 'say "hi", twice\nor so', "positive", "0.900000", "true", "", "0.100000", "0.900000"],
    ["8", "", "", "", "", "text-empty", "", ""],
  ]);
});

it("never overwrites a column of the file", () => {
  const [header] = written({ columns: ["predicted_label"], rows: [["x"]] });
  expect(header?.slice(0, 2)).toEqual(["predicted_label", "predicted_label_2"]);
});

it("keeps the file's separator", () => {
  const table = { columns: ["a", "b"], rows: [["1,5", "x;y"]] };
  const csv = resultCsv(table, new Scores(1, []), [0], ";");
  expect(csv).toBe(
    '\ufeffa;b;predicted_label;predicted_probability;predicted_sure;predicted_error\r\n1,5;"x;y";;;;',
  );
});

it("puts an apostrophe before formulas, in names and cells", () => {
  expect(written({ columns: ["=a"], rows: [["@b"]] }).map(([cell]) => cell)).toEqual(["'=a", "'@b"]);
});

it("joins several labels, the most probable first", () => {
  const scores = new Scores(1, ["angry", "rude"]);
  const probabilities = [
    { label: "angry", probability: 0.6 },
    { label: "rude", probability: 0.8 },
  ];
  scores.put(0, {
    ...{ kind: "scored", label: "rude", labels: ["angry", "rude"], probability: 0.8, sure: true },
    ...{ probabilities, text: null, tokens: 4, windows: 1, words: null, sentences: null, mixed: null },
  });
  const [, row] = written({ columns: ["text"], rows: [["x"]] }, scores);
  expect(row).toEqual(["x", "rude|angry", "0.800000|0.600000", "true", "", "0.600000", "0.800000"]);
});

it("names the results after the file", () => {
  expect(["a.b.csv", "noending", ".csv", "a.csv.gz"].map((name) => resultName(name, "csv"))).toEqual([
    "a.b-scored.csv",
    "noending-scored.csv",
    "texts-scored.csv",
    "a-scored.csv",
  ]);
});

it("includes a person's corrections, if any", () => {
  const table = { columns: ["text"], rows: [["a"], ["b"], ["c"]] };
  const scores = new Scores(3, ["negative", "positive"]);
  scores.mark(0, { correct: true });
  scores.mark(2, { correct: false, label: "positive" });
  expect(written(table, scores).map((row) => row.slice(-2))).toEqual([
    ["predicted_marked", "predicted_right_label"],
    ["right", ""],
    ["", ""],
    ["wrong", "positive"],
  ]);
});
