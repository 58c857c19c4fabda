import { percent } from "../lib/format";
import type { Side } from "../lib/labels";
import type { Probability } from "../lib/units";
import classes from "./score-cell.module.css";

interface ScoreCellProps {
  /** The most probable label, and its probability. */
  label: string;
  certainty: Probability;
  sure: boolean;
  /** The position between left (0) and right (1); undefined with more than two labels. */
  place: Probability | undefined;
  side: Side;
}

/** A score in a table cell: the label, its probability, and the position on the scale. */
export function ScoreCell({ label, certainty, sure, place, side }: ScoreCellProps) {
  return (
    <span className={classes.score} data-side={sure ? side : undefined}>
      {place === undefined ? null : (
        <span className={classes.track} aria-hidden="true">
          <span className={classes.dot} style={{ left: `${place * 100}%` }} />
        </span>
      )}
      <span className={classes.words}>
        <strong>{sure ? label : "not sure"}</strong>{" "}
        <span className={classes.certainty}>
          {sure ? "" : `${label} `}
          {percent(certainty)}
        </span>
      </span>
    </span>
  );
}
