import { expect, it } from "vitest";

import { resultWorkbook } from "./export-workbook";
import { readFile } from "../../reading/read-file";
import { Scores } from "../../scoring/scores";

const written = async (rows: string[][]) => {
  const table = { columns: ["id", "text"], rows };
  const blob = await resultWorkbook(table, new Scores(rows.length, []), rows.keys());
  const reading = await readFile({ file: new File([await blob.arrayBuffer()], "results.xlsx") });
  if ("problem" in reading) throw new Error(reading.problem.title);
  return reading.table.rows.slice(1).map((row) => row.slice(0, 2));
};

it("writes a workbook that reads back: numbers, formulas as text, and line breaks", async () => {
  const rows = [
    ["12", "=1+1"],
    ["007", " two\nlines & <b>"],
    ["12345678901234567890", "-0.5"],
  ];
  expect(await written(rows)).toEqual(rows);
});

it("refuses a text that a cell can't hold", async () => {
  await expect(written([["1", "x".repeat(32_768)]])).rejects.toThrow("32,768 characters");
});
