import { csvOf } from "../../lib/csv";
import type { Table } from "../../scoring/run";
import { resultColumns, resultRow } from "./results";
import type { Scores } from "../../scoring/scores";

/** The results as CSV, separated as the file is, so that the same spreadsheet opens both. */
export const resultCsv = (table: Table, scores: Scores, rows: Iterable<number>, separator = ","): string =>
  csvOf(
    [resultColumns(table, scores), ...Array.from(rows, (row) => resultRow(table, scores, row))],
    separator,
  );
