/**
 * CSV and TSV as the commands read them: strict about quotes, with each row's line, and reading on after a broken row.
 * Not Papa Parse, which gives no lines and loses the rest of the file to a quotation mark that isn't closed.
 */
import { ODD, oddIn } from "./decode";
import type { Quoting } from "./result";
import type { BadRow } from "./problem";

export interface Dialect {
  separator: string;
  quoting: Quoting;
}

export interface Records {
  rows: string[][];
  /** The line on which each row begins, from 1. */
  places: number[];
  bad: BadRow[];
}

export const SEPARATORS = [",", ";", "\t", "|"] as const;
/** A row with more lines has a quotation mark that isn't closed. */
const MAX_ROW_LINES = 50_000;
/** Enough of a file to tell its separator. */
const SNIFFED_CHARS = 131_072;
const SNIFFED_ROWS = 200;

/** Every record from `from` on, the header included; empty lines are skipped. `line` is the number of the first line. */
export function parseDelimited(
  text: string,
  dialect: Dialect,
  { from = 0, line = 1, most = Number.POSITIVE_INFINITY } = {},
): Records {
  const scan = new Scanner(text, dialect, from, line);
  const records: Records = { rows: [], places: [], bad: [] };
  const mayBeOdd = ODD.test(text);
  while (!scan.atEnd && records.rows.length < most) {
    const [start, place] = [scan.at, scan.line];
    const read = scan.record();
    if (typeof read === "string") {
      records.bad.push({ place, code: "quote-broken", why: read });
      scan.restartAfterLineOf(start, place);
      continue;
    }
    const odd = mayBeOdd ? oddIn(text.slice(start, scan.at)) : undefined;
    if (odd !== undefined) records.bad.push({ place, ...odd });
    else if (read.length > 0) {
      records.rows.push(read);
      records.places.push(place);
    }
  }
  return records;
}

/** The rows as wide as the first one; the others become bad rows. */
export function withoutRagged({ rows, places, bad }: Records): Records {
  const width = rows[0]?.length ?? 0;
  const ragged = rows.flatMap((row, i) =>
    row.length === width
      ? []
      : [{ place: places[i] ?? 0, code: "row-ragged" as const, why: raggedWords(row.length, width) }],
  );
  if (ragged.length === 0) return { rows, places, bad };
  return {
    rows: rows.filter((row) => row.length === width),
    places: places.filter((_, i) => rows[i]?.length === width),
    bad: [...bad, ...ragged].sort((a, b) => a.place - b.place),
  };
}

const raggedWords = (cells: number, width: number): string =>
  `it has ${cells} ${cells === 1 ? "cell" : "cells"}, and the first row has ${width}`;

/** The separator that gives most rows as many cells as the first one, and more than one. */
export function sniffSeparator(text: string): string {
  const sample = text.slice(0, SNIFFED_CHARS);
  const fits = SEPARATORS.map((separator) => {
    const { rows } = parseDelimited(sample, { separator, quoting: "doubled" }, { most: SNIFFED_ROWS });
    const widths = (rows.length > 1 && sample.length < text.length ? rows.slice(0, -1) : rows).map(
      (row) => row.length,
    );
    const width = widths[0] ?? 0;
    const alike = widths.filter((other) => other === width).length / Math.max(1, widths.length);
    return { separator, fit: [width > 1 ? 1 : 0, alike, width] };
  });
  return fits.reduce((best, next) => (isGreater(next.fit, best.fit) ? next : best)).separator;
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

/** Reads one record at a time, and counts lines as Python does: a line ends with \n, \r\n or \r. */
class Scanner {
  at: number;
  line: number;
  private readonly text: string;
  private readonly separator: string;
  private readonly quoting: Quoting;

  constructor(text: string, { separator, quoting }: Dialect, at: number, line: number) {
    this.text = text;
    this.separator = separator;
    this.quoting = quoting;
    this.at = at;
    this.line = line;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The cells of the next record; none for an empty line; or what is wrong with it. */
  record(): string[] | string {
    if (this.skipLineEnd()) return [];
    const cells: string[] = [];
    const lastLine = this.line + MAX_ROW_LINES;
    for (;;) {
      const quoted = this.quoting !== "none" && this.text[this.at] === '"';
      const cell = quoted ? this.quotedCell(lastLine) : this.plainCell();
      if (cell === undefined) return "a quotation mark isn’t closed";
      cells.push(cell);
      if (this.text[this.at] === this.separator) this.at += 1;
      else if (this.atEnd || this.skipLineEnd()) return cells;
      else return "there is text after a closing quotation mark";
    }
  }

  restartAfterLineOf(start: number, line: number): void {
    this.at = start;
    this.line = line;
    while (!this.atEnd && !this.skipLineEnd()) this.at += 1;
  }

  private plainCell(): string {
    const start = this.at;
    while (!this.atEnd) {
      const char = this.text[this.at];
      if (char === this.separator || char === "\n" || char === "\r") break;
      this.at += 1;
    }
    return this.text.slice(start, this.at);
  }

  /** A cell that begins with a quotation mark; undefined if it doesn't end. */
  private quotedCell(lastLine: number): string | undefined {
    this.at += 1;
    let [cell, start] = ["", this.at];
    while (!this.atEnd && this.line < lastLine) {
      const char = this.text[this.at];
      const escaped = this.escapedQuote(char);
      if (escaped) {
        cell += `${this.text.slice(start, this.at)}${this.text[this.at + 1] ?? ""}`;
        this.at += 2;
        start = this.at;
      } else if (char === '"') {
        cell += this.text.slice(start, this.at);
        this.at += 1;
        return cell;
      } else if (!this.skipLineEnd()) this.at += 1;
    }
    return undefined;
  }

  private escapedQuote(char: string | undefined): boolean {
    const next = this.text[this.at + 1];
    if (this.quoting === "backslash") return char === "\\" && (next === '"' || next === "\\");
    return char === '"' && next === '"';
  }

  private skipLineEnd(): boolean {
    const char = this.text[this.at];
    if (char !== "\n" && char !== "\r") return false;
    this.at += char === "\r" && this.text[this.at + 1] === "\n" ? 2 : 1;
    this.line += 1;
    return true;
  }
}
