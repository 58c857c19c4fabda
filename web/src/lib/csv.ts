import Papa from "papaparse";

import { defused } from "./formulas";

/** Tells Excel that the file is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** Lines of cells as CSV for spreadsheets; what would be run as a formula is defused. */
export const csvOf = (lines: readonly (readonly string[])[], separator = ","): string =>
  BYTE_ORDER_MARK +
  Papa.unparse(
    lines.map((cells) => cells.map((cell) => defused(cell, separator))),
    { delimiter: separator, newline: "\r\n" },
  );
