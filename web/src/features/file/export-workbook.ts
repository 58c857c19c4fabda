import writeExcel from "write-excel-file/universal";

import type { Table } from "../../scoring/run";
import { resultColumns, resultRow } from "./results";
import type { Scores } from "../../scoring/scores";

/** Excel's limit on a cell. */
const MAX_CELL_CHARS = 32_767;
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/;
/** What XML can't hold, as Excel writes it. */
// eslint-disable-next-line no-control-regex -- these are meant
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;

/**
 * The results as an Excel workbook, by write-excel-file; to be loaded in a worker, and only when one is asked for. Its
 * cells are text or numbers, never formulas, so none gets an apostrophe. Rejects if a text is longer than a cell can be.
 */
export async function resultWorkbook(table: Table, scores: Scores, rows: Iterable<number>): Promise<Blob> {
  const lines = [resultColumns(table, scores), ...Array.from(rows, (row) => resultRow(table, scores, row))];
  const data = lines.map((cells, line) => cells.map((cell) => cellOf(cell, line > 0)));
  return await writeExcel(data, { sheet: "Results", stickyRowsCount: 1 }).toBlob();
}

function cellOf(cell: string, mayBeNumber: boolean) {
  if (cell === "") return null;
  if (mayBeNumber && NUMBER.test(cell)) return { value: Number(cell), type: Number };
  if (cell.length > MAX_CELL_CHARS) {
    throw new Error(
      `A text has ${cell.length.toLocaleString("en")} characters, and a cell of Excel can have ${MAX_CELL_CHARS.toLocaleString("en")}. Download the CSV instead.`,
    );
  }
  const value = cell.replace(
    CONTROL,
    (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`,
  );
  return { value, type: String };
}
