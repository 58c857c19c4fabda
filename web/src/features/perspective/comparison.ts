/** The rows of a scored log, compared with their old scores. Pure functions. */
import type { Run } from "../../scoring/run";
import { agreementOf, type Agreement } from "./agreement";
import { oldScore } from "./old-scores";

/** What can be changed without scoring again. */
export interface Wanted {
  /** The column with the old scores. */
  scoreColumn: number;
  /** Whose probability is the new score. */
  label: string;
  /** From which the old scores flag a text. */
  oldThreshold: number;
}

/** One row: its index in the table, and both scores. */
export interface Compared {
  row: number;
  old: number;
  new: number;
}

/** Why rows take no part; each is counted once. */
export interface LeftOut {
  unreadable: number;
  withoutText: number;
  withoutOldScore: number;
  invalidOldScore: number;
  notScored: number;
}

export interface Comparison {
  rows: Compared[];
  /** Undefined if no row has both a text and a score. */
  agreement: Agreement | undefined;
  leftOut: LeftOut;
  /** Those on which the two disagree at the new threshold, those that changed most first. */
  anew: Compared[];
  noLonger: Compared[];
}

type Scored = Pick<Run, "table" | "texts" | "scores" | "skipped">;

export function compare(run: Scored, { scoreColumn, label, oldThreshold }: Wanted): Comparison {
  const { table, texts, scores } = run;
  const at = scores.labels.indexOf(label);
  const rows: Compared[] = [];
  const leftOut: LeftOut = {
    unreadable: run.skipped,
    withoutText: 0,
    withoutOldScore: 0,
    invalidOldScore: 0,
    notScored: 0,
  };
  table.rows.forEach((cells, row) => {
    const old = oldScore(cells[scoreColumn] ?? "");
    if (texts[row] === "") leftOut.withoutText += 1;
    else if (old === "missing") leftOut.withoutOldScore += 1;
    else if (old === "invalid") leftOut.invalidOldScore += 1;
    else if (!scores.isScored(row)) leftOut.notScored += 1;
    else rows.push({ row, old, new: scores.probabilityOf(row, at) });
  });
  const agreement =
    rows.length === 0
      ? undefined
      : agreementOf(
          rows.map(({ old }) => old),
          rows.map((each) => each.new),
          oldThreshold,
        );
  return { rows, agreement, leftOut, ...changed(rows, agreement) };
}

function changed(
  rows: readonly Compared[],
  agreement: Agreement | undefined,
): Pick<Comparison, "anew" | "noLonger"> {
  const from = agreement?.atSameShare?.newThreshold;
  if (agreement === undefined || from === undefined) return { anew: [], noLonger: [] };
  const differing = rows
    .filter((each) => each.new >= from !== each.old >= agreement.oldThreshold)
    .sort((a, b) => Math.abs(b.new - b.old) - Math.abs(a.new - a.old) || a.row - b.row);
  return {
    anew: differing.filter((each) => each.new >= from),
    noLonger: differing.filter((each) => each.new < from),
  };
}

export const totalLeftOut = (leftOut: LeftOut): number =>
  Object.values<number>({ ...leftOut }).reduce((sum, rows) => sum + rows, 0);
