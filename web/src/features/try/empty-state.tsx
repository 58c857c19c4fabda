import type { ModelSummary } from "../../api/generated";
import { Scale } from "../../components/scale";
import { endsOf } from "../../lib/labels";
import { probability } from "../../lib/units";
import { ExampleList } from "./example-list";
import classes from "./empty-state.module.css";

const DEFAULT_ENDS = { left: "negative", right: "positive" };

interface EmptyStateProps {
  model: ModelSummary | undefined;
  onExample: (text: string) => void;
}

/** Shown before there is a text: examples, and how to read the answer. */
export function EmptyState({ model, onExample }: EmptyStateProps) {
  const ends = model ? endsOf(model) : DEFAULT_ENDS;
  return (
    <div className={classes.invitation}>
      <ExampleList onChoose={onExample} />
      {ends ? (
        <Scale ends={ends} sureFrom={model ? probability(model.sure_from) : undefined} />
      ) : (
        <p>
          {model?.multi_label
            ? "This model assigns any of these labels: "
            : "This model assigns one of these labels: "}
          {model?.labels.join(", ")}.
        </p>
      )}
      <p>
        <span data-side="right">A straight line</span> marks words that speak{" "}
        {ends ? `for ${ends.right}` : "for the answer"}, <span data-side="left">a wavy line</span> marks words
        that speak {ends ? `for ${ends.left}` : "against it"}. Thicker means stronger. We score what you type
        and don’t store it.
      </p>
    </div>
  );
}
