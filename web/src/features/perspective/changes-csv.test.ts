import { expect, it } from "vitest";

import { changesCsv } from "./changes-csv";

it("has the command’s columns, in the file’s order, without formulas", () => {
  const run = { texts: ["a", "=b", "c"], places: [2, 3, 5], separator: ";" };
  const changed = {
    anew: [{ row: 2, old: 0.1, new: 0.912345 }],
    noLonger: [{ row: 1, old: 0.95, new: 0.2 }],
  };
  expect(changesCsv(changed, run)).toBe(
    "\ufeffrow;text;old_score;new_score;change\r\n3;'=b;0.95;0.2;no longer flagged\r\n5;c;0.1;0.912345;flagged anew",
  );
});
