import { expect, it } from "vitest";

import { readFile } from "./read-file";

const file = (name: string, content: BlobPart) => new File([content], name);
const bytes = (...values: number[]) => new Uint8Array(values);
const tableOf = async (name: string, content: BlobPart, encoding?: string) => {
  const reading = await readFile({ file: file(name, content), encoding });
  if ("problem" in reading) throw new Error(`${reading.problem.title}. ${reading.problem.detail}`);
  return reading.table;
};
const problemOf = async (name: string, content: BlobPart, encoding?: string) => {
  const reading = await readFile({ file: file(name, content), encoding });
  return "problem" in reading ? reading.problem : undefined;
};

it.each([
  ["comma", "a.csv", 'id,text\n1,"Good, really"\n2,"two\nlines"\n'],
  ["semicolon", "a.csv", 'id;text\n1;"Good, really"\n2;"two\nlines"\n'],
  ["tab", "a.tsv", 'id\ttext\n1\t"Good, really"\n2\t"two\nlines"\n'],
  ["CRLF and a byte order mark", "a.csv", '\ufeffid,text\r\n1,"Good, really"\r\n2,"two\nlines"\r\n'],
])("reads fields between %s, with quoted ones", async (_what, name, content) => {
  const { columns, rows } = await tableOf(name, content);
  expect(columns).toBeUndefined();
  expect(rows).toEqual([
    ["id", "text"],
    ["1", "Good, really"],
    ["2", "two\nlines"],
  ]);
});

it("reads one text per line, and skips empty lines", async () => {
  const { columns, rows } = await tableOf("a.txt", "one, with a comma\r\n\r\n  \ntwo\n");
  expect(columns).toEqual(["text"]);
  expect(rows).toEqual([["one, with a comma"], ["two"]]);
});

it("reads JSON lines with different fields", async () => {
  const { columns, rows } = await tableOf(
    "a.jsonl",
    '{"text":"a","stars":5}\n\n{"by":{"name":"Ann"},"text":null}\n',
  );
  expect(columns).toEqual(["text", "stars", "by"]);
  expect(rows).toEqual([
    ["a", "5", ""],
    ["", "", '{"name":"Ann"}'],
  ]);
});

it("reads a JSON list of strings or objects", async () => {
  expect((await tableOf("a.json", '["a", "b"]')).rows).toEqual([["a"], ["b"]]);
  expect((await tableOf("unnamed", ' [{"t": "a"}]')).columns).toEqual(["t"]);
});

it("pads short rows, and reports them", async () => {
  const { rows, warnings } = await tableOf("a.csv", "a,b\n1,2\n3\n4,5,6\n");
  expect(rows).toEqual([
    ["a", "b", ""],
    ["1", "2", ""],
    ["3", "", ""],
    ["4", "5", "6"],
  ]);
  expect(warnings).toEqual([
    expect.stringContaining("2 rows have more or fewer fields than the first row (2)"),
  ]);
  expect(warnings[0]).toContain("row 3");
});

it("treats markup in fields and names as text", async () => {
  const { rows } = await tableOf("<script>.csv", 'text\n"<script>alert(1)</script>"\n');
  expect(rows[1]).toEqual(["<script>alert(1)</script>"]);
});

it.each([
  ["nothing", "a.csv", "", /is empty/],
  ["spaces", "a.txt", " \n\n ", /is empty/],
  ["an open quote", "a.csv", 'text\n"never closed\nand on\n', /row 2 runs to the end/],
  ["a line that isn’t valid JSON", "a.jsonl", '{"a":1}\n{oops\n', /Line 2 isn’t valid JSON/],
  ["JSON that is no list", "a.json", '{"a":1}', /isn’t a list/],
  ["broken JSON", "a.json", "[1,", /isn’t valid JSON.*\.jsonl/],
  ["numbers in JSON", "a.jsonl", '"a"\n3\n', /Entry 2 is neither/],
  ["a workbook", "a.xlsx", bytes(0x50, 0x4b, 3, 4, 0), /Excel workbook.*save the sheet as CSV/],
  ["a PDF", "a.csv", "%PDF-1.7\n", /is a PDF/],
  ["bytes", "a.csv", bytes(65, 0, 1, 2), /not a text file/],
  ["another encoding", "a.csv", bytes(97, 10, 98, 10, 0xe9, 10), /UTF-8\. Line 3 /],
])("says what is wrong with %s", async (_what, name, content, words) => {
  const problem = await problemOf(name, content);
  expect(`${problem?.title}. ${problem?.detail}`).toMatch(words);
});

it("reads a chosen encoding", async () => {
  const latin = bytes(0x63, 0x61, 0x66, 0xe9);
  expect((await problemOf("a.txt", latin))?.encoding).toBe(true);
  expect((await tableOf("a.txt", latin, "windows-1252")).rows).toEqual([["café"]]);
});

it("detects UTF-16 by its byte order mark", async () => {
  const utf16 = new Uint8Array([
    0xff,
    0xfe,
    ...Array.from("a\tb\n", (letter) => [letter.charCodeAt(0), 0]).flat(),
  ]);
  expect((await tableOf("a.tsv", utf16)).rows).toEqual([["a", "b"]]);
});

it("says if the browser can no longer read the file", async () => {
  const gone = file("a.csv", "text");
  gone.arrayBuffer = () => Promise.reject(new DOMException("It was moved.", "NotReadableError"));
  expect(await readFile({ file: gone })).toHaveProperty(
    "problem.detail",
    expect.stringContaining("choose it again"),
  );
});

it.each([["too large", { size: 101_000_000 }, /has 101 MB and the limit is 100 MB/]])(
  "refuses a file that is %s",
  async (_what, changed, words) => {
    const large = Object.defineProperties(file("a.csv", "text"), { size: { value: changed.size } });
    expect(await readFile({ file: large })).toHaveProperty("problem.detail", expect.stringMatching(words));
  },
);
