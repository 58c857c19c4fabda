import type { ModelSummary } from "../../api/generated";
import { Scale } from "../../components/scale";
import { endsOf } from "../../lib/labels";
import { probability } from "../../lib/units";
import { ExampleList } from "./example-list";
import classes from "./invitation.module.css";

const EXPECTED_ENDS = { left: "negative", right: "positive" };

interface InvitationProps {
  model: ModelSummary | undefined;
  onExample: (text: string) => void;
}

/** Before there is a text: sentences to start from, and how to read what will be shown here. */
export function Invitation({ model, onExample }: InvitationProps) {
  const ends = model ? endsOf(model) : EXPECTED_ENDS;
  return (
    <div className={classes.invitation}>
      <ExampleList onChoose={onExample} />
      {ends ? (
        <Scale ends={ends} sureFrom={model ? probability(model.sure_from) : undefined} />
      ) : (
        <p>
          {model?.multi_label ? "This model gives a text any of: " : "This model chooses one of: "}
          {model?.labels.join(", ")}.
        </p>
      )}
      <p>
        Under a word, <span data-side="right">a straight line</span> pulls{" "}
        {ends ? `toward ${ends.right}` : "for the answer"}, <span data-side="left">a wavy one</span>{" "}
        {ends ? `toward ${ends.left}` : "against it"}. Thicker means stronger. We score what you type and
        don’t store it.
      </p>
    </div>
  );
}
