import type { LabelProbability, ModelSummary, Scored } from "../../api/generated";
import { percent } from "../../lib/format";
import { probability } from "../../lib/units";
import classes from "./label-bars.module.css";

const SHOWN = 8;

interface LabelBarsProps {
  scored: Scored;
  model: ModelSummary | undefined;
}

/** No two ends: a bar for each label, those that are given first, and from which probability on they are. */
export function LabelBars({ scored, model }: LabelBarsProps) {
  const given = scored.labels ?? [scored.label];
  const sorted = [...scored.probabilities].sort(
    (a, b) =>
      Number(given.includes(b.label)) - Number(given.includes(a.label)) || b.probability - a.probability,
  );
  const left = sorted.length - SHOWN;
  return (
    <div>
      <ol
        className={classes.bars}
        aria-label={scored.labels === null ? "Labels, the most probable first" : "Labels, those given first"}
      >
        {sorted.slice(0, SHOWN).map((each) => (
          <Bar
            key={each.label}
            of={each}
            isGiven={given.includes(each.label)}
            from={fromOf(each.label, model)}
          />
        ))}
      </ol>
      {left > 0 ? <p className={classes.rest}>and {left} more</p> : null}
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

/** From which probability on the label is given; of one label a text, from which on the model is sure. */
function fromOf(label: string, model: ModelSummary | undefined): number | undefined {
  if (!model?.thresholds) return model?.sure_from;
  return model.thresholds.find((each) => each.label === label)?.probability;
}
