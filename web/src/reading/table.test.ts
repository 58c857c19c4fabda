import { describe, expect, it } from "vitest";

import { guessHeader, guessTextColumn, tableOf } from "./table";

const raw = (...rows: string[][]) => ({ columns: undefined, rows, places: [], unit: "line" as const });

describe("guessHeader", () => {
  it.each([
    ["a familiar name", raw(["text"], ["I liked it."]), true],
    ["names of one word", raw(["user", "remark"], ["Ann", "I liked it very much."]), true],
    ["a sentence", raw(["I liked it very much."], ["So did I, all the way."]), false],
    ["a number", raw(["1", "fine"], ["2", "dull"]), false],
    [
      "a label that occurs below",
      raw(...["spam", "ham", "spam", "ham", "spam"].map((label, i) => [label, `Text ${i}`])),
      false,
    ],
    ["names and a column without one", raw(["v1", "v2", ""], ["ham", "A first text", ""]), true],
    ["nothing below it, and a known name", raw(["text"]), true],
    ["nothing below it, and several names", raw(["user", "remark"]), true],
    ["nothing below it, and one short text", raw(["Great film"]), false],
    ["nothing below it, and a number", raw(["Great film", "5"]), false],
  ])("decides for a first row with %s", (_what, table, expected) => {
    expect(guessHeader(table)).toBe(expected);
  });
});

describe("tableOf", () => {
  it("gives every column a unique name", () => {
    expect(tableOf(raw(["text", "text", " "], ["a", "b", "c"]), true)).toEqual({
      columns: ["text", "text (2)", "(column 3)"],
      rows: [["a", "b", "c"]],
      notes: [{ code: "columns-numbered", text: expect.stringContaining("“text”") as string }],
    });
    expect(tableOf(raw(["a", "b"]), false).columns).toEqual(["column 1", "column 2"]);
  });
});

describe("guessTextColumn", () => {
  it("prefers the name, then the length", () => {
    const long = "a long title that is longer than its text";
    expect(guessTextColumn({ columns: ["title", "Comment"], rows: [[long, "short"]] })).toBe(1);
    expect(guessTextColumn({ columns: ["a", "b"], rows: [["1", "It was fine."]] })).toBe(1);
  });
});
