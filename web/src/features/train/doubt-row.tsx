import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { change, refresh, remove } from "../../api/classifiers";
import type { Classifier } from "../../api/generated";
import { QuietButton } from "../../components/quiet-button";
import { percent } from "../../lib/format";
import { probability } from "../../lib/units";
import classes from "./review-step.module.css";
import { useAction } from "../../signed-in/use-action";
import { labelText } from "../../signed-in/words";

/** An example whose label the classifier disagrees with. */
export interface Doubt {
  id: number;
  text: string;
  labels: readonly string[];
  suggested: string[];
  probability: number;
}

interface DoubtRowProps {
  doubt: Doubt;
  classifier: Classifier;
  onChanged: () => void;
}

/** Fix the label, keep it, or remove the example; with one click each. */
export function DoubtRow({ doubt, classifier, onChanged }: DoubtRowProps) {
  const { id, text, labels, suggested } = doubt;
  const { name } = classifier;
  const client = useQueryClient();
  const row = useRef<HTMLLIElement>(null);
  const acting = useAction(async (act: () => Promise<unknown>) => {
    const next = neighbour(row.current);
    await act();
    onChanged();
    await refresh(client);
    if (document.activeElement === document.body) next?.focus(); // the row is gone
  });
  return (
    <li ref={row} className={classes.row} aria-busy={acting.pending}>
      <blockquote dir="auto">{text}</blockquote>
      <p>
        You say <b>{labelText(labels)}</b>, it says <b>{labelText(suggested)}</b> (
        {percent(probability(doubt.probability))})
      </p>
      <div className={classes.actions}>
        <QuietButton onClick={() => acting.run(() => change(name, id, { labels: suggested }))}>
          Change to {labelText(suggested)}
        </QuietButton>
        <QuietButton onClick={() => acting.run(() => change(name, id, { checked: true }))}>
          Keep {labelText(labels)}
        </QuietButton>
        <QuietButton onClick={() => acting.run(() => remove(name, id))}>Remove</QuietButton>
      </div>
      {acting.notice}
    </li>
  );
}

/** The first button of the next row, else of the previous one: the focus goes there if this row disappears. */
function neighbour(row: HTMLLIElement | null): HTMLButtonElement | null {
  const other = row?.nextElementSibling ?? row?.previousElementSibling;
  return other?.querySelector("button") ?? null;
}
