/** Every file of tests/tables/cases is read as its expected.json says: the same for the commands, the jobs and the page. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { guessLabelColumns, summarizeLabels } from "./labels";
import type { ReadOptions } from "./options";
import type { GoodReading, Reading } from "./result";
import { readFile } from "./read-file";
import { guessHeader, guessTextColumn, tableOf } from "./table";

const FOLDER = join(import.meta.dirname, "../../../tests/tables/cases");

interface Case {
  file: string;
  options?: {
    encoding?: string;
    missing?: string[];
    bad_rows?: "skip";
    label_separator?: string;
    label_columns?: string[];
    header?: boolean;
    columns?: string[];
  };
  read?: {
    kind: string;
    encoding?: string;
    separator?: string;
    columns: string[];
    rows: number;
    text_column: string;
    label_columns: string[];
    labels: Record<string, number>;
    notes: string[];
    rows_without_text?: number;
    rows_without_label?: number;
    rows_unread?: number;
    missing_words?: { text: Record<string, number> };
    multi_label?: boolean;
    archive?: string;
    member?: string;
    tool?: string;
    sheet?: string;
  };
  error?: { code: string; contains: string[]; line?: number };
}

const { cases } = JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")) as { cases: Case[] };
/** Python's names of encodings, as browsers call them. */
const ENCODINGS: Record<string, string> = { cp1252: "windows-1252", "utf-16": "utf-16le" };
const browserName = (encoding: string) => ENCODINGS[encoding] ?? encoding;
const FORMATS: Record<string, string> = { csv: "delimited", tsv: "delimited" };
/** The page needs no labels and no column names, so it reads what the commands refuse for their sake. */
const NO_ERROR_HERE = new Set(["columns-ambiguous", "header-missing", "label-spans"]);

const read = ({ file, options = {} }: Case): Promise<Reading> => {
  const chosen: ReadOptions = {
    ...(options.encoding === undefined ? {} : { encoding: browserName(options.encoding) }),
    ...(options.bad_rows === "skip" ? { skipBadRows: true } : {}),
  };
  return readFile({ file: new File([readFileSync(join(FOLDER, file))], file), options: chosen });
};
const good = (reading: Reading): GoodReading => {
  if ("problem" in reading) throw new Error(`${reading.problem.code}: ${reading.problem.title}`);
  return reading;
};
const named = ({ file, options }: Case) => `${file} ${options ? JSON.stringify(options) : ""}`;

describe("A file is understood", () => {
  it.each(cases.filter(({ read: expected }) => expected).map((one) => [named(one), one] as const))(
    "%s",
    async (_name, one) => {
      const { options = {}, read: expected } = one;
      const { table: raw, understood, notes, bad } = good(await read(one));
      const table = tableOf(raw, options.header ?? guessHeader(raw));
      const columns = options.columns ?? table.columns;
      const text = options.columns ? columns.indexOf(expected!.text_column) : guessTextColumn(table);
      const labelColumns =
        options.label_columns?.map((name) => columns.indexOf(name)) ??
        guessLabelColumns({ ...table, columns }, text);
      const labels = summarizeLabels({ ...table, columns }, text, understood, {
        columns: labelColumns,
        separator: options.label_separator,
        missing: options.missing !== undefined,
      });
      expect({
        kind: understood.format,
        encoding: understood.encoding,
        separator: understood.separator,
        columns,
        rows: table.rows.length,
        text_column: columns[text],
        label_columns: labelColumns.map((at) => columns[at]),
        labels: Object.fromEntries(labels.counts),
        notes: [...notes, ...table.notes, ...labels.notes].map(({ code }) => code).sort(),
        rows_without_text: labels.withoutText,
        rows_without_label: labels.withoutLabel,
        rows_unread: bad.length,
        missing_words: options.missing ? {} : Object.fromEntries(labels.missing),
        multi_label: labels.several,
        archive: understood.member === undefined ? understood.archive : undefined,
        member: understood.member,
        tool: understood.tool,
        sheet: understood.sheet,
      }).toEqual({
        kind: FORMATS[expected!.kind] ?? expected!.kind,
        encoding: expected!.encoding && browserName(expected!.encoding),
        separator: expected!.separator,
        columns: expected!.columns,
        rows: expected!.rows,
        text_column: expected!.text_column,
        label_columns: expected!.label_columns,
        labels: expected!.labels,
        notes: [...expected!.notes].sort(),
        rows_without_text: expected!.rows_without_text ?? 0,
        rows_without_label: expected!.rows_without_label ?? 0,
        rows_unread: expected!.rows_unread ?? 0,
        missing_words: expected!.missing_words?.text ?? {},
        multi_label: expected!.multi_label ?? false,
        archive: expected!.archive,
        member: expected!.member,
        tool: expected!.tool,
        sheet: expected!.sheet,
      });
    },
  );
});

describe("A file that can't be read", () => {
  const refused = cases.filter(({ error }) => error && !NO_ERROR_HERE.has(error.code));
  it.each(refused.map((one) => [named(one), one] as const))("says why: %s", async (_name, one) => {
    const reading = await read(one);
    expect(reading).toHaveProperty("problem.code", one.error!.code);
    if (!("problem" in reading) || one.error!.line === undefined) return;
    expect(reading.problem.bad[0]?.place).toBe(one.error!.line);
    expect(reading.problem.title).toContain(`Line ${one.error!.line}`);
  });

  it.each(
    cases
      .filter(({ error }) => error && NO_ERROR_HERE.has(error.code))
      .map((one) => [named(one), one] as const),
  )("is read here, because labels and names aren't needed: %s", async (_name, one) => {
    const { table } = good(await read(one));
    expect(table.rows.length).toBeGreaterThan(10);
  });
});
