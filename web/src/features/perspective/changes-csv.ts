/** The comments that change as CSV, with the columns that `valence perspective compare --out` writes. */
import { csvOf } from "../../lib/csv";
import type { Run } from "../../scoring/run";
import type { Compared, Comparison } from "./comparison";

const COLUMNS = ["row", "text", "old_score", "new_score", "change"];

type Changed = Pick<Comparison, "anew" | "noLonger">;

/** In the file's order, with where each row begins in the file. */
export function changesCsv(
  { anew, noLonger }: Changed,
  { texts, places, separator }: Pick<Run, "texts" | "places" | "separator">,
): string {
  const lineOf = (change: string) => (each: Compared) => ({
    row: each.row,
    cells: [`${places[each.row] ?? ""}`, texts[each.row] ?? "", `${each.old}`, `${each.new}`, change],
  });
  const lines = [...anew.map(lineOf("flagged anew")), ...noLonger.map(lineOf("no longer flagged"))];
  return csvOf([COLUMNS, ...lines.sort((a, b) => a.row - b.row).map(({ cells }) => cells)], separator);
}
