import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";

import { strToU8, zipSync } from "fflate";
import writeExcel from "write-excel-file/universal";
import { describe, expect, it } from "vitest";

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
  [
    "a line that isn’t valid JSON",
    "a.jsonl",
    '{"a":1}\n{oops\n',
    /Line 2 can’t be read: it isn’t valid JSON/,
  ],
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

describe("A packed file", () => {
  const csv = "text,label\nfine,a\ndull,b\n";
  const rows = [
    ["text", "label"],
    ["fine", "a"],
    ["dull", "b"],
  ];
  const zip = (files: Record<string, string>) =>
    zipSync(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, strToU8(content)])));

  it.each([
    ["gzip", gzipSync(csv), { archive: "gz" }],
    [
      "gzip in several members",
      Buffer.concat([gzipSync(csv.slice(0, 9)), gzipSync(csv.slice(9))]),
      { archive: "gz" },
    ],
    ["Zstandard", zstdCompressSync(csv), { archive: "zst" }],
    [
      "zip",
      zip({ "data/": "", "data/a.csv": csv, "README.md": "Read me", "__MACOSX/._a.csv": "" }),
      { member: "data/a.csv" },
    ],
  ])("is unpacked from %s, whatever its name", async (_what, content, understood) => {
    const reading = await goodOf("a.csv", new Uint8Array(content));
    expect(reading.table.rows).toEqual(rows);
    expect(reading.understood).toMatchObject(understood);
  });

  it("offers each table of an archive that holds several", async () => {
    const several = new Uint8Array(zip({ "a.csv": csv, "b.csv": "text\nthe other\n" }));
    const problem = await problemOf("a.zip", several);
    expect(problem?.offers.map(({ label }) => label)).toEqual(["Read a.csv", "Read b.csv"]);
    const { table } = await goodOf("a.zip", several, problem?.offers[1]?.options);
    expect(table.rows[1]).toEqual(["the other"]);
  });

  it.each([
    ["a cut gzip file", gzipSync(csv.repeat(99)).subarray(0, 40)],
    [
      "a gzip file with a wrong checksum",
      gzipSync(csv).map((byte, i, all) => (i === all.length - 6 ? byte ^ 1 : byte)),
    ],
    ["a cut Zstandard file", zstdCompressSync(csv.repeat(99)).subarray(0, 30)],
    ["a cut zip archive", zip({ "a.csv": csv.repeat(99) }).subarray(0, 60)],
  ])("is refused if it is %s", async (_what, content) => {
    expect(await problemOf("a.csv", new Uint8Array(content))).toMatchObject({ code: "file-damaged" });
  });

  it("is refused if it is a document", async () => {
    const word = new Uint8Array(zip({ "word/document.xml": "<w/>" }));
    expect(await problemOf("a.docx", word)).toMatchObject({ code: "not-a-table" });
  });
});

describe("Parquet", () => {
  const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", name)));

  it.each(["snappy", "gzip", "zstd", "lz4", "brotli"])("is read with %s compression", async (codec) => {
    const { table, understood } = await goodOf("a.csv", fixture(`${codec}.parquet`));
    expect(understood.format).toBe("parquet");
    expect(table.columns).toEqual(["text", "label", "id", "when", "tags"]);
    expect(table.rows.slice(0, 2)).toEqual([
      ["A text, number 0", "ham", "9007199254740993", "2026-01-31", '["a","b"]'],
      ["", "spam", "1", "2026-01-31T12:30:00", "[]"],
    ]);
  });

  it("is refused if it is damaged", async () => {
    const cut = fixture("snappy.parquet").subarray(0, 300);
    expect(await problemOf("a.parquet", cut)).toMatchObject({ code: "file-damaged" });
  });
});

describe("A kind is detected from the content", () => {
  it.each([
    ["JSON lines", "a.csv", '{"text": "a"}\n{"text": "b"}\n', "jsonl"],
    ["JSON lines called .json", "a.json", '{"text": "a"}\n{"text": "b"}\n', "jsonl"],
    ["one JSON line", "a.jsonl", '{"text": "a"}\n', "jsonl"],
    ["a JSON list called .csv", "a.csv", '[{"text": "a"}]', "json"],
    ["a bracket in a CSV", "a.csv", "[id],text\n1,a\n", "delimited"],
    ["Excel's Unicode text", "a.txt", "id\ttext\n1\ta b\n", "delimited"],
    ["sentences with commas", "a.txt", "Well, yes\nNo, never\n", "lines"],
    ["fastText", "a.csv", "__label__a __label__b both\nnone\n", "fasttext"],
  ])("%s", async (_what, name, content, format) => {
    expect((await goodOf(name, content)).understood.format).toBe(format);
  });
});

it("keeps the digits of long numbers in JSON", async () => {
  const { rows } = await tableOf("a.jsonl", '{"id":12345678901234567890,"text":"a"}\n');
  expect(rows).toEqual([["12345678901234567890", "a"]]);
});

describe("A workbook with several sheets", () => {
  const workbook = async () =>
    new Uint8Array(
      await (
        await writeExcel([
          { sheet: "About", data: [[{ value: "Comments of May" }]] },
          {
            sheet: "Comments",
            data: [[{ value: "text" }], [{ value: "A fine film" }], [{ value: "A dull film" }]],
          },
          { sheet: "Empty", data: [[null]] },
          { sheet: "Old", data: [[{ value: "id" }, { value: "text" }]] },
        ]).toBlob()
      ).arrayBuffer(),
    );

  it("is read from the first with a table, and names the others", async () => {
    const { understood, notes } = await goodOf("a.xlsx", await workbook());
    expect(understood).toMatchObject({ sheet: "Comments", sheets: ["About", "Comments", "Empty", "Old"] });
    expect(notes).toEqual([
      {
        code: "sheets-several",
        text: "Only the sheet “Comments” is read. “Old” also has data.",
        offers: [{ label: "Read “Old”", options: { sheet: "Old" } }],
      },
    ]);
  });

  it("needs no note once a sheet is chosen", async () => {
    const { table, notes } = await goodOf("a.xlsx", await workbook(), { sheet: "Old" });
    expect(table.rows).toEqual([["id", "text"]]);
    expect(notes).toEqual([]);
  });
});
