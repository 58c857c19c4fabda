import type { ModelSummary } from "../../api/generated";
import { probability } from "../../lib/units";
import classes from "./invitation.module.css";
import { poles } from "./logic";
import { Scale } from "./scale";

const UNKNOWN_ENDS = { left: "negative", right: "positive" };

/** Before there is a text: what will be shown here, and how to read it. */
export function Invitation({ model }: { model: ModelSummary | undefined }) {
  const ends = model ? poles(model.labels) : UNKNOWN_ENDS;
  return (
    <div className={classes.invitation}>
      <h2>Nothing to read yet</h2>
      {ends ? (
        <Scale ends={ends} sureFrom={model ? probability(model.sure_from) : undefined} />
      ) : (
        <p className={classes.labels}>This model tells apart: {model?.labels.join(", ")}.</p>
      )}
      <ul>
        <li>
          <span data-side="right">A straight line</span> under a word: it pulls{" "}
          {ends ? `toward ${ends.right}` : "for the answer"}.
        </li>
        <li>
          <span data-side="left">A wavy line</span>: it pulls{" "}
          {ends ? `toward ${ends.left}` : "against the answer"}. The thicker, the harder.
        </li>
        <li>
          Too close to call, and the answer is “not sure”: then a person should decide. What you type is
          scored, not kept.
        </li>
      </ul>
    </div>
  );
}
