/** Excel workbooks (.xlsx), by read-excel-file, which is loaded only when one comes. */
import { loadCode } from "./load-code";
import type { ReadOptions } from "./options";
import type { GoodReading } from "./result";
import { UnreadableFileError } from "./problem";
import { rectangular } from "./table";
import { dateText } from "./values";

type Cell = string | number | boolean | Date | null;

/** The chosen sheet, else the first that isn't empty. */
export async function readWorkbook(bytes: Uint8Array, { sheet }: ReadOptions): Promise<GoodReading> {
  const all = await sheetsOf(bytes);
  const read = all.find(({ name }) => name === sheet) ?? all.find(({ cells }) => cells.length > 0) ?? all[0];
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
    notes: [],
  };
}

async function sheetsOf(bytes: Uint8Array): Promise<{ name: string; cells: Cell[][] }[]> {
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
