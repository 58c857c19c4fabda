import { strFromU8, unzipSync } from "fflate";
import { expect, it } from "vitest";

import { resultWorkbook } from "./export-workbook";
import { Scores } from "../../scoring/scores";

/** The XML of the sheet and of its texts. */
async function written(rows: string[][]): Promise<string> {
  const table = { columns: ["id", "text"], rows };
  const blob = await resultWorkbook(table, new Scores(rows.length, []), rows.keys());
  const parts = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  return Object.entries(parts)
    .map(([name, part]) => (/sheet1|sharedStrings/.test(name) ? strFromU8(part) : ""))
    .join("");
}

it("writes numbers as numbers, and formulas, line breaks and long numbers as text", async () => {
  const book = await written([
    ["12", "=1+1"],
    ["007", " two\nlines & <b>"],
    ["12345678901234567890", "-0.5"],
  ]);
  expect(book).toContain("<v>12</v>");
  expect(book).toContain("<v>-0.5</v>");
  for (const text of ["=1+1", "007", " two\nlines &amp; &lt;b", "12345678901234567890"]) {
    expect(book).toMatch(new RegExp(`<t[^>]*>${text.replace("+", "\\+")}`));
  }
  expect(book).not.toContain("<f>");
});

it("refuses a text that a cell can't hold", async () => {
  await expect(written([["1", "x".repeat(32_768)]])).rejects.toThrow("32,768 characters");
});
