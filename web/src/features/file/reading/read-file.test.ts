import { expect, it } from "vitest";

import type { ReadOptions } from "./options";
import { readFile } from "./read-file";

const file = (name: string, content: BlobPart) => new File([content], name);
const bytes = (...values: number[]) => new Uint8Array(values);
const goodOf = async (name: string, content: BlobPart, options?: ReadOptions) => {
  const reading = await readFile({ file: file(name, content), options });
  if ("problem" in reading) throw new Error(`${reading.problem.title}. ${reading.problem.detail}`);
  return reading;
};
const tableOf = async (name: string, content: BlobPart, options?: ReadOptions) =>
  (await goodOf(name, content, options)).table;
const problemOf = async (name: string, content: BlobPart, options?: ReadOptions) => {
  const reading = await readFile({ file: file(name, content), options });
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

it("stops at bad rows, lists them, and skips them if asked", async () => {
  const content = 'a,b\n1,2\n3\n4,5,6\n7,"8\nno end\n9,10\n';
  const problem = await problemOf("a.csv", content);
  expect(problem).toMatchObject({ code: "row-ragged", unit: "line" });
  expect(problem?.title).toBe("Line 3 can’t be read: it has 1 cell, and the first row has 2");
  expect(problem?.detail).toContain("3 more can’t be read either");
  expect(problem?.offers).toEqual([{ label: "Skip 4 bad rows", options: { skipBadRows: true } }]);
  const { table, bad } = await goodOf("a.csv", content, { skipBadRows: true });
  expect(table).toMatchObject({
    rows: [
      ["a", "b"],
      ["1", "2"],
      ["9", "10"],
    ],
    places: [1, 2, 7],
  });
  expect(bad.map(({ place, code }) => [place, code])).toEqual([
    [3, "row-ragged"],
    [4, "row-ragged"],
    [5, "quote-broken"],
    [6, "row-ragged"],
  ]);
});

it("skips lines that are no JSON, if asked", async () => {
  const { table, bad } = await goodOf("a.jsonl", '{"a":1}\n{oops\n"text"\n3\n', { skipBadRows: true });
  expect(table.places).toEqual([1, 3]);
  expect(bad.map(({ place, code }) => [place, code])).toEqual([
    [2, "json-broken"],
    [4, "json-broken"],
  ]);
});

it("treats markup in fields and names as text", async () => {
  const { rows } = await tableOf("<script>.csv", 'text\n"<script>alert(1)</script>"\n');
  expect(rows[1]).toEqual(["<script>alert(1)</script>"]);
});

it.each([
  ["nothing", "a.csv", "", /is empty/],
  ["spaces", "a.txt", " \n\n ", /is empty/],
  [
    "an open quote",
    "a.csv",
    'text\n"never closed\nand on\n',
    /Line 2 can’t be read: a quotation mark isn’t closed/,
  ],
  ["a line that isn’t valid JSON", "a.jsonl", '{"a":1}\n{oops\n', /Line 2 can’t be read: it isn’t valid JSON/],
  ["JSON that is no list", "a.json", '{"a":1}', /isn’t a list/],
  ["broken JSON", "a.json", "[1,", /isn’t valid JSON/],
  ["numbers in JSON", "a.jsonl", '"a"\n3\n', /Line 2 can’t be read: it is neither/],
  ["a broken archive", "a.xlsx", bytes(0x50, 0x4b, 3, 4, 0), /zip file is damaged.*again/],
  ["a PDF", "a.csv", "%PDF-1.7\n", /is a PDF/],
  ["bytes", "a.csv", bytes(65, 0, 0, 2), /not a text file/],
  [
    "another encoding",
    "a.csv",
    bytes(97, 10, 98, 10, 0xe9, 10),
    /Line 3 can’t be read: it has bytes that can’t be decoded/,
  ],
])("says what is wrong with %s", async (_what, name, content, words) => {
  const problem = await problemOf(name, content);
  expect(`${problem?.title}. ${problem?.detail}`).toMatch(words);
});

it("reads a chosen encoding", async () => {
  const latin = bytes(0x63, 0x61, 0x66, 0xe9);
  expect((await problemOf("a.txt", latin))?.offers[0]?.options).toEqual({ encoding: "windows-1252" });
  expect((await tableOf("a.txt", latin, { encoding: "windows-1252" })).rows).toEqual([["café"]]);
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
