import { answerFrom } from "../../lib/worker-answer";
import type { Table } from "../../scoring/run";
import type { Scores } from "../../scoring/scores";

/** Plain data of which the worker makes a Scores. */
export interface WorkbookToWrite {
  table: Table;
  scores: Pick<Scores, "rows" | "labels" | "stored">;
  rows: number[];
}

export type Written = { workbook: Blob } | { problem: string };

/** Writes a workbook in a worker, so that the page stays responsive. Throws an Error that says why it can't. */
export async function workbookInWorker(table: Table, scores: Scores, rows: number[]): Promise<Blob> {
  const worker = new Worker(new URL("./workbook.worker.ts", import.meta.url), { type: "module" });
  const { columns, rows: cells } = table;
  const asked: WorkbookToWrite = {
    table: { columns, rows: cells },
    scores: { rows: scores.rows, labels: scores.labels, stored: scores.stored },
    rows,
  };
  const written = await answerFrom<Written>(worker, asked);
  if ("problem" in written) throw new Error(written.problem);
  return written.workbook;
}
