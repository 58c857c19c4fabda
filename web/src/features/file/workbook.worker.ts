import { resultWorkbook } from "./export-workbook";
import { Scores } from "../../scoring/scores";
import type { WorkbookToWrite, Written } from "./write-in-worker";

addEventListener("message", ({ data: { table, scores, rows } }: MessageEvent<WorkbookToWrite>) => {
  const { rows: all, labels, stored } = scores;
  resultWorkbook(table, new Scores(all, labels, stored), rows).then(
    (workbook) => postMessage({ workbook } satisfies Written),
    (error: unknown) =>
      postMessage({ problem: error instanceof Error ? error.message : String(error) } satisfies Written),
  );
});
