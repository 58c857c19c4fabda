import { percent } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import { probability } from "../../lib/units";
import classes from "./row-score.module.css";
import type { Scores } from "./scores";

interface RowScoreProps {
  scores: Scores;
  row: number;
  ends: Sides | undefined;
}

/** A row's verdict in words, with its place on the scale where there are two labels. */
export function RowScore({ scores, row, ends }: RowScoreProps) {
  const state = scores.stateOf(row);
  if (state === "pending") return <span className={classes.pending}>…</span>;
  if (state === "failed") return <span className={classes.failed}>not scored</span>;
  const top = scores.topOf(row);
  const label = scores.labelOf(row);
  const certainty = percent(probability(scores.probabilityOf(row, top)));
  const right = ends ? scores.probabilityOf(row, scores.labels.indexOf(ends.right)) : undefined;
  const side = state === "unsure" ? undefined : label === ends?.left ? "left" : "right";
  return (
    <span className={classes.score} data-side={side}>
      {right === undefined ? null : (
        <span className={classes.track} aria-hidden="true">
          <span className={classes.dot} style={{ left: `${right * 100}%` }} />
        </span>
      )}
      <span className={classes.words}>
        <strong>{state === "unsure" ? "not sure" : label}</strong>{" "}
        <span className={classes.certainty}>{state === "unsure" ? `${label} ${certainty}` : certainty}</span>
      </span>
    </span>
  );
}
