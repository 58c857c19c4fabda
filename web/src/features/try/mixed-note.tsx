import type { Disagreement } from "../../explanation/effects";
import { percent } from "../../lib/format";
import classes from "./mixed-note.module.css";

/** Says that sentences of the text disagree, with the surest sentence of each label. */
export function MixedNote({ sentences }: { sentences: readonly Disagreement[] }) {
  if (sentences.length < 2) return null;
  return (
    <section className={classes.mixed} aria-label="Mixed">
      <p>
        <strong>Mixed.</strong> Sentences of this text disagree, so one label for all of it says little.
      </p>
      <ul>
        {sentences.map(({ text, label, probability }) => (
          <li key={label}>
            <q dir="auto">{text}</q>{" "}
            <span>
              {label}, {percent(probability)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
