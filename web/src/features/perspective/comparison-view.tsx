import { VisuallyHidden } from "@mantine/core";
import { useDeferredValue, useMemo } from "react";

import { Choice } from "../../components/choice";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import type { FragmentState } from "../../lib/fragment-state";
import type { Run } from "../../scoring/run";
import { Changes } from "./changes";
import classes from "./compare.module.css";
import { compare, type Comparison } from "./comparison";
import { DownloadChanges } from "./download-changes";
import { Figures } from "./figures";
import { LeftOutNote } from "./left-out";
import { ScoreColumnChoice } from "./score-column-choice";
import { ThresholdField } from "./threshold-field";
import { labelOf, scoreColumnOf, thresholdOf } from "./wanted";

interface ComparisonViewProps {
  run: Run;
  address: FragmentState;
  /** Back to the file, to score it with another classifier or another column. */
  onBack: () => void;
}

/** The figures, and what would change; the old scores' column and threshold and the label can be changed here. */
export function ComparisonView({ run, address: { values, replace }, onBack }: ComparisonViewProps) {
  const { table, column, model, status } = run;
  const scoreColumn = scoreColumnOf(values, table, column);
  const label = labelOf(values, model);
  const comparison = useComparison(run, scoreColumn, label, thresholdOf(values));
  return (
    <>
      <div role="group" aria-label="What is compared" className={classes.choices}>
        <ScoreColumnChoice
          columns={table.columns}
          textColumn={column}
          chosen={scoreColumn}
          onChoose={(scores) => replace({ scores })}
        />
        <ThresholdField values={values} onChange={replace} />
        <Choice
          label="New score: probability of"
          value={label}
          options={model.labels.map((name) => ({ value: name, name }))}
          onChoose={(chosen) => replace({ label: chosen })}
        />
        <QuietButton onClick={onBack}>Other classifier or text column</QuietButton>
      </div>
      {status === "done" ? null : (
        <p className={classes.partly}>
          These are figures of the comments scored so far. Resume to compare all.
        </p>
      )}
      <Figures agreement={comparison?.agreement} label={label} />
      {comparison ? <LeftOutNote leftOut={comparison.leftOut} /> : null}
      {comparison?.agreement ? (
        <>
          <Changes comparison={comparison} run={run} />
          <DownloadChanges run={run} comparison={comparison} />
        </>
      ) : (
        <Notice
          title="No row has both a comment and an old score"
          detail="Old scores are numbers from 0 to 1. Choose their column above, or another file."
        />
      )}
      <VisuallyHidden role="status">{announcement(comparison)}</VisuallyHidden>
    </>
  );
}

/** Deferred, so that the fields stay responsive with a long log. */
function useComparison(run: Run, scoreColumn: number | undefined, label: string, threshold: number) {
  const { table, texts, scores, skipped } = run;
  const wanted = useMemo(
    () => (scoreColumn === undefined ? undefined : { scoreColumn, label, oldThreshold: threshold }),
    [scoreColumn, label, threshold],
  );
  const deferred = useDeferredValue(wanted);
  return useMemo(
    () => (deferred ? compare({ table, texts, scores, skipped }, deferred) : undefined),
    [table, texts, scores, skipped, deferred],
  );
}

function announcement(comparison: Comparison | undefined): string {
  const same = comparison?.agreement?.atSameShare;
  return same ? `The new threshold is ${same.newThreshold}.` : "";
}
