/** Excel workbooks (.xlsx), by read-excel-file, which is loaded only when one comes. */
import { loadCode } from "./load-code";
import type { ReadOptions } from "./options";
import { counted } from "../lib/format";
import type { GoodReading, Note } from "./result";
import { UnreadableFileError } from "./problem";
import { rectangular } from "./table";
import { dateText } from "./values";

/** The most other sheets to name. */
const SHOWN_SHEETS = 5;
/** A sheet with a table fills one of its first rows at least. */
const TABLE_ROWS = 20;

type Cell = string | number | boolean | Date | null;

interface Sheet {
  name: string;
  cells: Cell[][];
}

/** The chosen sheet, else the first with a table; a note then names the others that have one. */
export async function readWorkbook(bytes: Uint8Array, { sheet }: ReadOptions): Promise<GoodReading> {
  const all = await sheetsOf(bytes);
  const chosen = all.find(({ name }) => name === sheet);
  const withTable = all.filter(({ cells }) => holdsTable(cells));
  const read = chosen ?? withTable[0] ?? all[0];
  const places: number[] = [];
  const rows: string[][] = [];
  read?.cells.forEach((cells, i) => {
    if (cells.every((cell) => cell === null || cell === "")) return;
    rows.push(cells.map(asText));
    places.push(i + 1);
  });
  return {
    table: { columns: undefined, rows: rectangular(rows), places, unit: "row" },
    understood: { format: "xlsx", sheet: read?.name ?? "", sheets: all.map(({ name }) => name) },
    bad: [],
    notes: read && !chosen && withTable.length > 1 ? [noteOf(read, withTable)] : [],
  };
}

/** The command refuses such a workbook, with the same code. */
function noteOf(read: Sheet, withTable: readonly Sheet[]): Note {
  const others = withTable.filter((sheet) => sheet !== read).map(({ name }) => name);
  const shown = others.slice(0, SHOWN_SHEETS).map((name) => `“${name}”`);
  const more = others.length - shown.length;
  return {
    code: "sheets-several",
    text: `Only the sheet “${read.name}” is read. ${shown.join(", ")}${more > 0 ? ` and ${counted(more, "other sheet")}` : ""} also ${others.length === 1 ? "has" : "have"} data.`,
    offers: others.map((name) => ({ label: `Read “${name}”`, options: { sheet: name } })),
  };
}

/** Whether one of the first filled rows has two cells or more, or several rows have one: as the command decides it. */
function holdsTable(cells: readonly Cell[][]): boolean {
  const widths = cells.map((row) => row.filter((cell) => cell !== null && cell !== "").length);
  const first = widths.filter((width) => width > 0).slice(0, TABLE_ROWS);
  return first.length > 1 || first.some((width) => width > 1);
}

async function sheetsOf(bytes: Uint8Array): Promise<Sheet[]> {
  const { default: readExcel } = await loadCode(import("read-excel-file/universal"));
  try {
    const sheets = await readExcel(bytes.slice().buffer, { trim: false });
    return sheets.map(({ sheet, data }) => ({ name: sheet, cells: data as Cell[][] }));
  } catch {
    throw new UnreadableFileError(
      "file-damaged",
      "The workbook is damaged or protected",
      "Open it in Excel and save it again, without a password.",
    );
  }
}

/** Dates as in ISO 8601. */
function asText(cell: Cell): string {
  if (cell === null) return "";
  if (!(cell instanceof Date)) return String(cell);
  return dateText(cell);
}
