/**
 * Cells that a spreadsheet would run as formulas get an apostrophe. The same rule as in `valence.tables.spreadsheet`,
 * where it is explained, except that a signed number stays as it is: an apostrophe would make it text.
 */
const SEPARATORS = [",", ";", "\t", "|"];
/** A signed number ends with the cell, or where a spreadsheet may split it. */
const NUMBER = String.raw`(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?%?(?:$|[;|\t\r\n])`;
const START = String.raw`(?:[=@\uff1d\uff0b\uff0d\uff20]|[+-](?!${NUMBER}))`;
const AT_START = new RegExp(String.raw`^(?:[\t\r\n]|${START})`);
/** Where a cell could begin inside a cell: which separator splits is the spreadsheet's choice, not the file's. */
const INSIDE = new Map(
  SEPARATORS.map((own) => {
    const others = SEPARATORS.filter((separator) => separator !== own).join("");
    return [own, new RegExp(String.raw`([${others}\r\n]["\t\r\n]*)(?=${START})`, "g")];
  }),
);
const EVERYWHERE = new RegExp(String.raw`([${SEPARATORS.join("")}\r\n]["\t\r\n]*)(?=${START})`, "g");

/** The cell with an apostrophe wherever a spreadsheet would start a formula; `separator` is the table's own. */
export function defused(cell: string, separator: string): string {
  const inside = cell.replace(INSIDE.get(separator) ?? EVERYWHERE, "$1'");
  return AT_START.test(cell) ? `'${inside}` : inside;
}

interface Cells {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The number of cells that get an apostrophe. */
export function formulaCells(table: Cells, separator: string): number {
  const inRow = (row: readonly string[]) =>
    row.reduce((sum, cell) => sum + (defused(cell, separator) === cell ? 0 : 1), 0);
  return table.rows.reduce((sum, row) => sum + inRow(row), inRow(table.columns));
}
