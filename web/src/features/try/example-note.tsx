import type { Scored } from "../../api/generated";
import classes from "./example-note.module.css";
import { EXAMPLES } from "./examples";

/** For an example that the model gets wrong: says so, and why. */
export function ExampleNote({ text, scored }: { text: string; scored: Scored }) {
  const example = EXAMPLES.find((candidate) => candidate.text === text);
  const expected = example?.expected;
  const hasLabel = scored.probabilities.some(({ label }) => label === expected); // not a model with other labels
  if (!example?.mistake || !hasLabel || scored.label === expected) return null;
  return (
    <p className={classes.note}>
      <strong>The model is wrong here.</strong> The correct label is {expected}: {example.mistake}
    </p>
  );
}
