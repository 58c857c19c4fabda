import type { Scored } from "../../api/generated";
import { percent, sentenceCase } from "../../lib/format";
import { probability, type Probability } from "../../lib/units";
import { nameOf, sideOf } from "../../explanation/effects";
import classes from "./verdict.module.css";

/** The answer in words. */
export function Verdict({ scored, sureFrom }: { scored: Scored; sureFrom: Probability | undefined }) {
  // With several labels, each bar shows its own probability.
  const certainty = scored.labels === null ? percent(probability(scored.probability)) : "";
  if (scored.sure) {
    return (
      <h2 className={classes.verdict} data-side={sideOf(scored)}>
        {sentenceCase(nameOf(scored))} <span className={classes.certainty}>{certainty}</span>
      </h2>
    );
  }
  return (
    <div>
      <h2 className={classes.verdict}>
        Not sure{" "}
        <span className={classes.certainty}>
          leans {nameOf(scored)}
          {certainty === "" ? "" : `, ${certainty}`}
        </span>
      </h2>
      <p className={classes.meaning}>
        {sureFrom === undefined
          ? "The model isn’t reliable enough here."
          : `Below ${percent(sureFrom)} the model isn’t reliable enough.`}{" "}
        A person should decide.
      </p>
    </div>
  );
}
