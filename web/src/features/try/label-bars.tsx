import type { LabelProbability, ModelSummary, Scored } from "../../api/generated";
import { percent } from "../../lib/format";
import { probability } from "../../lib/units";
import classes from "./label-bars.module.css";

const SHOWN = 8;

interface LabelBarsProps {
  scored: Scored;
  model: ModelSummary | undefined;
}

/** For more than two labels: a bar per label with its threshold, assigned labels first. */
export function LabelBars({ scored, model }: LabelBarsProps) {
  const given = scored.labels ?? [scored.label];
  const sorted = [...scored.probabilities].sort(
    (a, b) =>
      Number(given.includes(b.label)) - Number(given.includes(a.label)) || b.probability - a.probability,
  );
  const hidden = sorted.length - SHOWN;
  return (
    <div>
      <ol
        className={classes.bars}
        aria-label={scored.labels === null ? "Labels, most probable first" : "Labels, assigned ones first"}
      >
        {sorted.slice(0, SHOWN).map((score) => (
          <Bar
            key={score.label}
            of={score}
            isGiven={given.includes(score.label)}
            from={thresholdOf(score.label, model)}
          />
        ))}
      </ol>
      {hidden > 0 ? <p className={classes.rest}>and {hidden} more</p> : null}
    </div>
  );
}

function Bar({ of, isGiven, from }: { of: LabelProbability; isGiven: boolean; from: number | undefined }) {
  return (
    <li data-given={isGiven}>
      <span className={classes.label}>{of.label}</span>{" "}
      <span className={classes.track} aria-hidden="true">
        <span className={classes.bar} style={{ width: `${of.probability * 100}%` }} />
        {from === undefined ? null : (
          <span className={classes.threshold} style={{ left: `${from * 100}%` }} />
        )}
      </span>
      <span className={classes.value}>{percent(probability(of.probability))}</span>
    </li>
  );
}

/**
 * The probability from which the label is assigned or, with one label per text, from which the model is confident.
 */
function thresholdOf(label: string, model: ModelSummary | undefined): number | undefined {
  if (!model?.thresholds) return model?.sure_from;
  return model.thresholds.find((threshold) => threshold.label === label)?.probability;
}
