import Papa from "papaparse";

import { defused } from "./formulas";
import type { Table } from "../../reading/table";
import { resultColumns, resultRow } from "./results";
import type { Scores } from "./scores";

/** Tells Excel that the file is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** The results as CSV, separated as the file is, so that the same spreadsheet opens both. */
export function resultCsv(table: Table, scores: Scores, rows: Iterable<number>, separator = ","): string {
  const lines = [resultColumns(table, scores), ...Array.from(rows, (row) => resultRow(table, scores, row))];
  return (
    BYTE_ORDER_MARK +
    Papa.unparse(
      lines.map((cells) => cells.map((cell) => defused(cell, separator))),
      { delimiter: separator, newline: "\r\n" },
    )
  );
}
