import { readFileSync } from "node:fs";
import { join } from "node:path";

import Papa from "papaparse";
import { expect, it } from "vitest";

import { defused, formulaCells } from "./formulas";

const { cells, numbers } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/tables/cases/formulas.json"), "utf8"),
) as { cells: { cell: string; separator: string; defused: string }[]; numbers: string[] };

it.each(cells)("does what Python does: $cell split at $separator", (vector) => {
  expect(defused(vector.cell, vector.separator)).toBe(vector.defused);
});

it.each(numbers)("leaves the number %s as it is", (cell) => {
  for (const separator of [",", ";", "\t"]) expect(defused(cell, separator)).toBe(cell);
  expect(formulaCells({ columns: ["score"], rows: [[cell]] }, ",")).toBe(0);
});

it.each([",", ";", "\t", "|"])("leaves no formula, whatever the spreadsheet splits at: %j", (split) => {
  for (const own of [",", ";", "\t"]) {
    const rows = cells
      .filter(({ separator }) => separator === own)
      .map(({ cell }) => ["1", defused(cell, own)]);
    const content = Papa.unparse(rows, { delimiter: own, newline: "\r\n" });
    const found = Papa.parse<string[]>(content, { delimiter: split }).data.flat();
    expect(found.filter((cell) => /^[\t\r\n]*[=+@＝＋－＠-]/.test(cell))).toEqual([]);
  }
});

it("counts the cells that it changes, names of columns too", () => {
  expect(
    formulaCells(
      {
        columns: ["=a", "b"],
        rows: [
          ["@x", "y"],
          ["-1", "-z"],
        ],
      },
      ",",
    ),
  ).toBe(3);
});
