import Papa from "papaparse";
import { describe, expect, it } from "vitest";

import { formulaCells, resultCsv, resultName } from "./export-csv";
import { Scores } from "./scores";
import type { Table } from "./reading/table";

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
  });
  scores.put(1, { kind: "error", error: { code: "text-empty", detail: "It is empty." } });
  expect(written(table, scores)).toEqual([
    [
      "id",
      "text",
      "valence_label",
      "valence_probability",
      "valence_sure",
      "valence_p_negative",
      "valence_p_positive",
      "valence_error",
    ],
    ["7", 'say "hi", twice\nor so', "positive", "0.9000", "true", "0.1000", "0.9000", ""],
    ["8", "", "", "", "", "", "", "text-empty: It is empty."],
  ]);
});

it("never overwrites a column of the file", () => {
  const [header] = written({ columns: ["valence_label"], rows: [["x"]] });
  expect(header?.slice(0, 2)).toEqual(["valence_label", "valence_label_2"]);
});

describe("formulas", () => {
  it.each(["=1+1", "+CMD()", "-2+3", "@SUM(A1)", "\t1", "\r1", "+", "-a"])("escapes %j", (cell) => {
    const table = { columns: ["text"], rows: [[cell]] };
    expect(written(table)[1]?.[0]).toBe(`'${cell}`);
    expect(formulaCells(table)).toBe(1);
  });

  it.each(["-5", "+3.25", "-.5", "-1e5", "-20%", "a=b", " - fine", "1-2", "well; yes", "-5;+3", "a\n\nb"])(
    "leaves %j as it is",
    (cell) => {
      const table = { columns: ["text"], rows: [[cell]] };
      expect(written(table)[1]?.[0]).toBe(cell);
      expect(formulaCells(table)).toBe(0);
    },
  );

  it.each([",", ";", "\t", "|"])("escapes formulas in cells split at %j", (delimiter) => {
    const cells = [
      "x;=1+1",
      "x\t=1",
      "x|@SUM(A1)",
      "x\n=1",
      'x;"=1',
      "x;\t=1",
      "\t=1",
      "x;-a",
      "x\r+cmd",
      "=1;=2",
    ];
    const table = { columns: ["a", "text"], rows: cells.map((cell) => ["1", cell]) };
    const scores = new Scores(table.rows.length, ["negative"]);
    const csv = resultCsv(table, scores, table.rows.keys()).slice(1);
    const found = Papa.parse<string[]>(csv, { delimiter }).data.flat();
    expect(found.filter((cell) => /^[\t\r\n]*[=+@-]/.test(cell))).toEqual([]);
    expect(formulaCells(table)).toBe(cells.length);
  });
});

it("names the results after the file", () => {
  expect(["a.b.csv", "noending", ".csv"].map((name) => resultName(name))).toEqual([
    "a.b-scored.csv",
    "noending-scored.csv",
    "texts-scored.csv",
  ]);
});

it("includes a person's corrections, if any", () => {
  const table = { columns: ["text"], rows: [["a"], ["b"], ["c"]] };
  const scores = new Scores(3, ["negative", "positive"]);
  scores.mark(0, { correct: true });
  scores.mark(2, { correct: false, label: "positive" });
  expect(written(table, scores).map((row) => row.slice(-2))).toEqual([
    ["valence_marked", "valence_right_label"],
    ["right", ""],
    ["", ""],
    ["wrong", "positive"],
  ]);
});
