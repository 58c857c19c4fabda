import { Button } from "@mantine/core";

import { counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import type { Run } from "../../scoring/run";
import { changesCsv } from "./changes-csv";
import classes from "./compare.module.css";
import type { Comparison } from "./comparison";
import { session } from "./session";

interface DownloadChangesProps {
  run: Run;
  comparison: Comparison;
}

/** Downloads every comment that changes. */
export function DownloadChanges({ run, comparison }: DownloadChangesProps) {
  const changed = comparison.anew.length + comparison.noLonger.length;
  const download = () => {
    saveFile(nameOf(run.file.name), changesCsv(comparison, run), "text/csv;charset=utf-8");
    session.markDownloaded();
  };
  return (
    <p className={classes.download}>
      <Button size="md" disabled={changed === 0} onClick={download}>
        Download {counted(changed, "change")}
      </Button>{" "}
      <span>
        A CSV file of the comments that would be flagged anew or no longer, with both scores. The command{" "}
        <code>valence perspective compare</code> writes the same.
      </span>
    </p>
  );
}

/** "log.csv" -> "log-changes.csv". */
const nameOf = (name: string): string => `${name.replace(/\.[^.]*$/, "") || "log"}-changes.csv`;
