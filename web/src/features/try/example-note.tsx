import type { Scored } from "../../api/generated";
import classes from "./example-note.module.css";
import { EXAMPLES } from "./examples";

/** Under the example that is a known mistake: that the answer is wrong, and why. */
export function ExampleNote({ text, scored }: { text: string; scored: Scored }) {
  const example = EXAMPLES.find((each) => each.text === text);
  const right = example?.meant;
  const knows = scored.probabilities.some(({ label }) => label === right); // not a model with other labels
  if (!example?.mistake || !knows || scored.label === right) return null;
  return (
    <p className={classes.note}>
      <strong>The model is wrong here.</strong> The sentence is meant as {right}: {example.mistake}
    </p>
  );
}
