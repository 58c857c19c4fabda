import type { Scored } from "../../api/generated";
import { percent } from "../../lib/format";
import type { Probability } from "../../lib/units";
import { sideOf } from "../../explanation/effects";
import { verdictWords } from "./verdict-words";
import classes from "./verdict.module.css";

/** The answer in words. */
export function Verdict({ scored, sureFrom }: { scored: Scored; sureFrom: Probability | undefined }) {
  const { title, certainty } = verdictWords(scored);
  const heading = (
    <h2 className={classes.verdict} data-side={scored.sure ? sideOf(scored) : undefined}>
      {title} <span className={classes.certainty}>{certainty}</span>
    </h2>
  );
  if (scored.sure) return heading;
  return (
    <div>
      {heading}
      <p className={classes.meaning}>
        {sureFrom === undefined
          ? "The model isn’t reliable enough here."
          : `Below ${percent(sureFrom)} the model isn’t reliable enough.`}{" "}
        A person should decide.
      </p>
    </div>
  );
}
