import { ScoreCell } from "../../components/score-cell";
import type { Sides } from "../../lib/labels";
import { probability } from "../../lib/units";
import classes from "./row-score.module.css";
import type { Scores } from "../../scoring/scores";

interface RowScoreProps {
  scores: Scores;
  row: number;
  ends: Sides | undefined;
}

/** A row's score, or why it has none. */
export function RowScore({ scores, row, ends }: RowScoreProps) {
  const state = scores.stateOf(row);
  if (state === "pending") return <span className={classes.pending}>…</span>;
  if (state === "failed") return <span className={classes.failed}>not scored</span>;
  const label = scores.labelOf(row);
  return (
    <ScoreCell
      label={label}
      certainty={probability(scores.probabilityOf(row, scores.topOf(row)))}
      sure={state === "sure"}
      place={ends && probability(scores.probabilityOf(row, scores.labels.indexOf(ends.right)))}
      side={label === ends?.left ? "left" : "right"}
    />
  );
}
