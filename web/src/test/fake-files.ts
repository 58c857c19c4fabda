/** A fake of the operations that read files: CSV, lines of JSON and plain text, and a few of the server's guesses. */
import { http, HttpResponse } from "msw";
import Papa from "papaparse";

import type { FileNote, FilePreview, FileRows, ReadAs } from "../api/generated";
import { problem, refuse } from "./handlers";

interface Read {
  columns: string[];
  rows: { place: number; cells: string[] }[];
  bad: { place: number; why: string }[];
  read_as: ReadAs;
}

const TEXT = /^(text|review|comment|post)$/;
const LABEL = /^(label|tag)$/;
const AS_TEXT: ReadAs = {
  format: "csv",
  encoding: "utf-8-sig",
  separator: null,
  header: false,
  sheet: null,
  packing: null,
  member: null,
  tool: null,
  sheets: [],
  members: [],
};
const ownWords = (post: string): string => post.replace(/^>.*\n+/, "");

export function read(content: string, type: string | null, query: URLSearchParams): Read {
  const lines = content.split("\n").filter((line) => line.trim() !== "");
  const format =
    query.get("format") ?? (type === "text/plain" ? "lines" : content.startsWith("{") ? "jsonl" : "csv");
  if (format === "lines") {
    const rows = lines.map((text, i) => ({ place: i + 1, cells: [text] }));
    return { columns: ["text"], rows, bad: [], read_as: { ...AS_TEXT, format } };
  }
  if (format === "jsonl") return readJsonLines(lines);
  const separator = query.get("separator") ?? (lines[0]?.includes(";") ? ";" : ",");
  const records = Papa.parse<string[]>(content, { delimiter: separator, skipEmptyLines: true }).data;
  const named = query.get("columns")?.split(",");
  const columns = named ?? records[0] ?? [];
  const all = records.map((cells, i) => ({ place: i + 1, cells })).slice(named ? 0 : 1);
  return {
    columns,
    rows: all.filter(({ cells }) => cells.length === columns.length),
    bad: all
      .filter(({ cells }) => cells.length !== columns.length)
      .map(({ place, cells }) => ({
        place,
        why: `The file, line ${place}: ${cells.length} cells, but the header has ${columns.length}.`,
      })),
    read_as: { ...AS_TEXT, separator, header: !named },
  };
}

function readJsonLines(lines: readonly string[]): Read {
  const bad: Read["bad"] = [];
  const objects = lines.flatMap((line, i) => {
    try {
      return [{ place: i + 1, value: JSON.parse(line) as Record<string, unknown> }];
    } catch {
      bad.push({ place: i + 1, why: `The file, line ${i + 1}: this is not valid JSON.` });
      return [];
    }
  });
  const columns = [...new Set(objects.flatMap(({ value }) => Object.keys(value)))];
  const asText = (value: unknown) =>
    (typeof value === "string" ? value : JSON.stringify(value ?? "")).replace(/^""$/, "");
  const rows = objects.map(({ place, value }) => ({
    place,
    cells: columns.map((name) => asText(value[name])),
  }));
  return { columns, rows, bad, read_as: { ...AS_TEXT, format: "jsonl" } };
}

function chosen({ columns, rows }: Read, query: URLSearchParams) {
  const longest = columns.toSorted(
    (a, b) => lengthOf(rows, columns.indexOf(b)) - lengthOf(rows, columns.indexOf(a)),
  );
  const text = query.get("text_column") ?? columns.find((name) => TEXT.test(name)) ?? longest[0] ?? "";
  const label = query.get("label_column") ?? columns.find((name) => name !== text && LABEL.test(name));
  return { text, label };
}

const lengthOf = (rows: Read["rows"], column: number): number =>
  rows.reduce((sum, { cells }) => sum + (cells[column] ?? "").length, 0);

/** The number of rows that are previewed. */
const MOST = 1000;

function preview(file: Read, query: URLSearchParams): FilePreview {
  const { text, label } = chosen(file, query);
  const at = file.columns.indexOf(text);
  const clean = query.get("clean");
  const shown = file.rows.slice(0, MOST);
  const counts = new Map<string, number>();
  if (label !== undefined) {
    for (const { cells } of shown) {
      const name = cells[file.columns.indexOf(label)] ?? "";
      if (name !== "" && cells[at] !== "") counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const posts = shown.filter(({ cells }) => cells[at]?.startsWith(">")).length;
  const notes: FileNote[] =
    posts > 1 && clean === null
      ? [
          {
            code: "texts-are-posts",
            message: "Texts quote others.",
            hint: "",
            offers: [{ purpose: "To leave it out", parameters: { clean: "forum" } }],
          },
        ]
      : [];
  const offers = [{ purpose: "To leave such rows out", parameters: { bad_rows: "skip" } }];
  const isSkipped = query.get("bad_rows") === "skip";
  return {
    rows: shown.length,
    complete: shown.length === file.rows.length,
    read_as: file.read_as,
    columns: file.columns,
    text_column: text,
    label_columns: label === undefined ? [] : [label],
    first_rows: shown
      .slice(0, 5)
      .map(({ cells }) =>
        cells.map((cell, i) => (i === at && clean === "forum" ? ownWords(cell) : cell) || null),
      ),
    guesses: [],
    labels: [...counts].map(([name, rows]) => ({ label: name, rows })),
    multi_label: false,
    left_out:
      isSkipped && file.bad.length > 0 ? [{ rows: file.bad.length, why: "cannot be read", offers: [] }] : [],
    notes,
    problems: isSkipped
      ? []
      : file.bad.map(({ why }) => ({ code: "row-ragged", message: why, hint: "Quote it.", offers })),
  };
}

export function rowsOf(file: Read, query: URLSearchParams): FileRows {
  const { text } = chosen(file, query);
  const at = file.columns.indexOf(text);
  const isClean = query.get("clean") === "forum";
  return {
    read_as: file.read_as,
    unit: "line",
    columns: file.columns,
    text_column: text,
    rows: file.rows.map((row) => ({ ...row, text: isClean ? ownWords(row.cells[at] ?? "") : null })),
    rows_left_out: file.bad.length,
    left_out: file.bad,
  };
}

const DAMAGED = problem(
  422,
  "invalid-file",
  "The file isn't valid",
  "The file, line 1: it has a byte that is not UTF-8. Name its encoding, or save it as UTF-8.",
  [{ purpose: "For a file from Windows or Excel", parameters: { encoding: "cp1252" } }],
);

const answering =
  (answer: (file: Read, query: URLSearchParams) => object) =>
  async ({ request }: { request: Request }) => {
    const query = new URL(request.url).searchParams;
    const bytes = await request.arrayBuffer();
    const encoding = query.get("encoding")?.replace("cp", "windows-");
    try {
      const content = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return HttpResponse.json(answer(read(content, request.headers.get("Content-Type"), query), query));
    } catch (error) {
      if (error instanceof TypeError) return refuse(DAMAGED);
      throw error;
    }
  };

export const fileHandlers = [
  http.post("*/api/v1/files/preview", answering(preview)),
  http.post("*/api/v1/examples/preview", answering(preview)),
  http.post("*/api/v1/files/read", answering(rowsOf)),
];
