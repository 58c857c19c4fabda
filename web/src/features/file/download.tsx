import { Button } from "@mantine/core";
import { useMemo } from "react";

import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import classes from "./download.module.css";
import { formulaCells, resultCsv, resultName } from "./export-csv";
import { session, type Run } from "./session";

/** Downloads all rows in the file's order, or only those in the table. */
export function Download({ run, shown }: { run: Run; shown: readonly number[] }) {
  const { table, scores, file, done, texts } = run;
  const formulas = useMemo(() => formulaCells(table), [table]);
  const save = (rows: Iterable<number>) =>
    saveFile(resultName(file.name), resultCsv(table, scores, rows), "text/csv;charset=utf-8");
  const part = shown.length < texts.length;
  return (
    <section className={classes.download} aria-labelledby="download">
      <div>
        <h2 id="download" className={shared.title}>
          Download the results
        </h2>
        <p>
          A CSV with your file’s columns, plus the label, its probability, whether the model is confident,
          each label’s probability, and{" "}
          {scores.marked > 0 ? "your corrections" : "the reason if a row has no score"}.{" "}
          {formulas > 0
            ? `${counted(formulas, "cell")} that a spreadsheet would run as a formula ${formulas === 1 ? "starts" : "start"} with an apostrophe.`
            : ""}
        </p>
      </div>
      <div className={classes.buttons}>
        <Button
          size="md"
          disabled={done === 0}
          onClick={() => {
            save(texts.keys());
            session.markDownloaded();
          }}
        >
          Download {counted(texts.length, "row")}
        </Button>
        {part && shown.length > 0 ? (
          <Button variant="default" size="md" onClick={() => save(shown)}>
            Download only the {counted(shown.length, "row")} shown
          </Button>
        ) : null}
      </div>
    </section>
  );
}
