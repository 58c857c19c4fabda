import type { LabelProbability } from "../../api/generated";
import { percent } from "../../lib/format";
import { probability, type Probability } from "../../lib/units";
import classes from "./label-bars.module.css";

const SHOWN = 8;

interface LabelBarsProps {
  probabilities: readonly LabelProbability[];
  sureFrom: Probability | undefined;
}

/** More than two labels: a bar for each, the most probable first. */
export function LabelBars({ probabilities, sureFrom }: LabelBarsProps) {
  const sorted = [...probabilities].sort((a, b) => b.probability - a.probability);
  const left = sorted.length - SHOWN;
  return (
    <div>
      <ol className={classes.bars} aria-label="Labels, the most probable first">
        {sorted.slice(0, SHOWN).map(({ label, probability: value }) => (
          <li key={label}>
            <span className={classes.label}>{label}</span>
            <span className={classes.track} aria-hidden="true">
              <span className={classes.bar} style={{ width: `${value * 100}%` }} />
              {sureFrom === undefined ? null : (
                <span className={classes.threshold} style={{ left: `${sureFrom * 100}%` }} />
              )}
            </span>
            <span className={classes.value}>{percent(probability(value))}</span>
          </li>
        ))}
      </ol>
      {left > 0 ? <p className={classes.rest}>and {left} less probable</p> : null}
    </div>
  );
}
