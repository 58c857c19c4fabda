import { useQueryClient } from "@tanstack/react-query";

import { change, refresh, remove } from "../../api/classifiers";
import type { Classifier, Example } from "../../api/generated";
import { QuietButton } from "../../components/quiet-button";
import classes from "./examples-view.module.css";
import { useAction } from "../../signed-in/use-action";

interface ExampleRowProps {
  example: Example;
  classifier: Classifier;
  onChanged: () => void;
}

const SOURCES: Record<Example["source"], string> = {
  file: "from a file",
  hand: "by hand",
  feedback: "from feedback",
  decision: "a decision",
};

/** An example with its label, which can be changed. */
export function ExampleRow({ example, classifier, onChanged }: ExampleRowProps) {
  const { id, text, part, source, author, checked } = example;
  const client = useQueryClient();
  const acting = useAction(async (act: () => Promise<unknown>) => {
    await act();
    onChanged();
    await refresh(client);
  });
  const label = (labels: string[]) => acting.run(() => change(classifier.name, id, { labels }));
  return (
    <li className={classes.row} aria-busy={acting.pending}>
      <p dir="auto" className={classes.text}>
        {text}
      </p>
      <p className={classes.facts}>
        {part === "train" ? "to learn from" : "to test on"} · {SOURCES[source]}
        {author === null ? "" : ` · by ${author}`}
        {checked ? " · checked" : ""}
      </p>
      <div className={classes.edit}>
        {classifier.multi_label ? (
          <LabelBoxes example={example} labels={classifier.labels} onLabel={label} />
        ) : (
          <LabelSelect example={example} labels={classifier.labels} onLabel={label} />
        )}
        <QuietButton onClick={() => acting.run(() => remove(classifier.name, id))}>Remove</QuietButton>
      </div>
      {acting.notice}
    </li>
  );
}

interface LabelEditProps {
  example: Example;
  labels: readonly string[];
  onLabel: (labels: string[]) => void;
}

function LabelSelect({ example, labels, onLabel }: LabelEditProps) {
  const value = example.labels?.[0] ?? "";
  return (
    <select
      aria-label={`Label of: ${shortened(example.text)}`}
      value={value}
      onChange={(event) => onLabel([event.currentTarget.value])}
    >
      {value === "" ? <option value="">not labelled</option> : null}
      {labels.map((label) => (
        <option key={label} value={label}>
          {label}
        </option>
      ))}
    </select>
  );
}

function LabelBoxes({ example, labels, onLabel }: LabelEditProps) {
  const given = example.labels ?? [];
  return (
    <fieldset className={classes.boxes} aria-label={`Labels of: ${shortened(example.text)}`}>
      {labels.map((label) => (
        <label key={label}>
          <input
            type="checkbox"
            checked={given.includes(label)}
            onChange={(event) =>
              onLabel(
                labels.filter((other) =>
                  other === label ? event.currentTarget.checked : given.includes(other),
                ),
              )
            }
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
