import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { refresh, setLabels } from "../../api/classifiers";
import type { Classifier } from "../../api/generated";
import { count } from "../../lib/format";
import classes from "./labels-step.module.css";
import { alikeIn } from "./label-look";
import { Step } from "./step";
import { useAction } from "../../signed-in/use-action";
import { totalOf, warningOf } from "../../signed-in/words";

const MOST_LABELS = 50;

/** The labels with their examples; one without examples can be removed. */
export function LabelsStep({ classifier }: { classifier: Classifier }) {
  const { name, labels, examples } = classifier;
  const client = useQueryClient();
  const setting = useAction(async (next: string[]) => {
    await setLabels(name, next);
    await refresh(client);
  });
  return (
    <Step number={1} title="Labels">
      <ul className={classes.labels} aria-label="Labels">
        {examples.labels.map((counts) => {
          const warning = warningOf(counts);
          const total = totalOf(counts);
          return (
            <li key={counts.label} className={classes.label}>
              <span className={classes.name}>{counts.label}</span>
              <span className={classes.count} data-few={warning !== undefined || undefined}>
                {warning ?? count(total)}
              </span>
              {total === 0 ? (
                <button
                  type="button"
                  className={classes.remove}
                  aria-label={`Remove ${counts.label}`}
                  disabled={setting.pending}
                  onClick={() => setting.run(labels.filter((label) => label !== counts.label))}
                >
                  ×
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
      {labels.length < MOST_LABELS ? (
        <AddLabel
          known={labels}
          pending={setting.pending}
          onAdd={(label) => setting.run([...labels, label])}
        />
      ) : null}
      {setting.notice}
    </Step>
  );
}

interface AddLabelProps {
  known: readonly string[];
  pending: boolean;
  onAdd: (label: string) => void;
}

function AddLabel({ known, pending, onAdd }: AddLabelProps) {
  const [typed, setTyped] = useState("");
  const label = typed.trim();
  const alike = alikeIn(known, label);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (label === "" || alike || pending) return;
    onAdd(label);
    setTyped("");
  };
  return (
    <form className={classes.add} onSubmit={submit}>
      <input
        type="text"
        autoComplete="off"
        aria-label="New label"
        placeholder="Another label"
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={label === "" || alike !== undefined || pending}>
        Add label
      </Button>
      {alike === undefined ? null : <p role="alert">There is a label “{alike}”.</p>}
    </form>
  );
}
