import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { Choice } from "../../components/choice";
import { Notice } from "../../components/notice";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import classes from "./download.module.css";
import { resultCsv } from "./export-csv";
import { formulaCells } from "../../lib/formulas";
import { resultName } from "./results";
import type { Run } from "../../scoring/run";
import { session } from "./session";
import { workbookInWorker } from "./write-in-worker";

type Kind = "csv" | "xlsx";

/** A workbook with more takes long, and much memory. */
const MAX_WORKBOOK_ROWS = 100_000;

const EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Downloads all rows in the file's order, or only those in the table. */
export function Download({ run, shown }: { run: Run; shown: readonly number[] }) {
  const { scores, done, texts, skipped } = run;
  const [kind, setKind] = useState<Kind>("csv");
  const saving = useSaving(run, kind);
  const part = shown.length < texts.length;
  return (
    <section className={classes.download} aria-labelledby="download">
      <div>
        <h2 id="download" className={shared.title}>
          Download the results
        </h2>
        <p>
          Your file’s columns, plus the label, its probability, whether the model is confident, the reason if
          a row has no score, each label’s probability{scores.marked > 0 ? ", and your corrections" : ""}.{" "}
          {skipped > 0
            ? `The ${counted(skipped, "bad row")} that you skipped ${skipped === 1 ? "is" : "are"} not in it. `
            : ""}
          {kind === "csv" ? <Formulas run={run} /> : null}
        </p>
        {saving.error ? <Notice title="The workbook can’t be written" detail={saving.error.message} /> : null}
      </div>
      <div className={classes.buttons}>
        <Choice
          label="Format"
          value={kind}
          options={[
            { value: "csv", name: run.separator === "\t" ? "TSV" : "CSV" },
            { value: "xlsx", name: "Excel (.xlsx)" },
          ]}
          onChoose={(value) => setKind(value as Kind)}
        />
        <Button
          size="md"
          disabled={done === 0 || saving.isPending}
          onClick={() => saving.mutate([...texts.keys()], { onSuccess: session.markDownloaded })}
        >
          Download {counted(texts.length, "row")}
        </Button>
        {part && shown.length > 0 ? (
          <Button
            variant="default"
            size="md"
            disabled={saving.isPending}
            onClick={() => saving.mutate([...shown])}
          >
            Download only the {counted(shown.length, "row")} shown
          </Button>
        ) : null}
      </div>
    </section>
  );
}

/** Writes rows to a file and saves it. */
function useSaving({ file, table, scores, separator = "," }: Run, kind: Kind) {
  return useMutation({
    networkMode: "always",
    mutationFn: async (rows: number[]) => {
      if (kind === "csv") {
        const ending = separator === "\t" ? "tsv" : "csv";
        const content = resultCsv(table, scores, rows, separator);
        saveFile(resultName(file.name, ending), content, `text/${ending};charset=utf-8`);
        return;
      }
      if (rows.length > MAX_WORKBOOK_ROWS) {
        throw new Error(
          `It would have more than ${count(MAX_WORKBOOK_ROWS)} rows. Download the CSV instead.`,
        );
      }
      saveFile(resultName(file.name, "xlsx"), await workbookInWorker(table, scores, rows), EXCEL);
    },
  });
}

function Formulas({ run: { table, separator = "," } }: { run: Run }) {
  const formulas = useMemo(() => formulaCells(table, separator), [table, separator]);
  if (formulas === 0) return null;
  return `${counted(formulas, "cell")} that a spreadsheet would run as a formula ${formulas === 1 ? "starts" : "start"} with an apostrophe.`;
}
