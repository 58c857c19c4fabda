import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";

import { create, refresh } from "../../api/classifiers";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import classes from "./new-classifier.module.css";
import { faultOf, MOST_LABELS_AT_FIRST, useNewDraft, type NewDraft } from "./new-draft";
import { slugOf } from "./slug";
import { useAction } from "../../signed-in/use-action";

interface NewClassifierProps {
  taken: readonly string[];
  onCreated: (name: string) => void;
}

/** Names a classifier and its labels. What is typed stays in this browser until it is created. */
export function NewClassifier({ taken, onCreated }: NewClassifierProps) {
  const client = useQueryClient();
  const [draft, change, forget] = useNewDraft();
  const [shown, setShown] = useState(false);
  const fault = faultOf(draft, taken);
  const name = slugOf(draft.typed);
  const creating = useAction(async () => {
    const labels = draft.labels.map((label) => label.trim()).filter((label) => label !== "");
    await create({ name, labels, multi_label: draft.several, clean: draft.posts ? "forum" : "none" });
    forget();
    await refresh(client);
    onCreated(name);
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setShown(true);
    if (!fault) creating.run();
  };
  return (
    <form
      className={`${shared.card} ${shared.raised} ${classes.form}`}
      aria-labelledby="new-classifier"
      onSubmit={submit}
    >
      <h2 id="new-classifier" className={shared.title}>
        New classifier
      </h2>
      <NameField draft={draft} name={name} change={change} />
      <LabelFields draft={draft} change={change} />
      <Options draft={draft} change={change} />
      <p className={classes.error} role="alert">
        {shown && fault}
      </p>
      <div>
        <Button type="submit" size="md" disabled={creating.pending}>
          {creating.pending ? "Creating…" : "Create classifier"}
        </Button>
        <p className={classes.note}>
          Nothing was stored until now. From here on, the server stores the examples that you add, until you
          remove them or delete the classifier.
        </p>
      </div>
      {creating.notice}
    </form>
  );
}

interface FieldProps {
  draft: NewDraft;
  change: (changed: Partial<NewDraft>) => void;
}

function NameField({ draft, name, change }: FieldProps & { name: string }) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label htmlFor={id}>Name</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        placeholder="My forum"
        value={draft.typed}
        aria-describedby={`${id}-slug`}
        onChange={(event) => change({ typed: event.currentTarget.value })}
      />
      <p id={`${id}-slug`} className={classes.note}>
        {name === "" ? (
          "Requests name it as their model."
        ) : (
          <>
            Requests will say <code>{name}</code>.
          </>
        )}
      </p>
    </div>
  );
}

function LabelFields({ draft: { labels }, change }: FieldProps) {
  const set = (at: number, label: string) =>
    change({ labels: labels.map((old, i) => (i === at ? label : old)) });
  return (
    <fieldset className={classes.labels}>
      <legend>Labels</legend>
      <p className={classes.note}>Two to five to begin with. Leave them empty if your file has them.</p>
      <div className={classes.inputs}>
        {labels.map((label, i) => (
          <input
            key={i}
            type="text"
            autoComplete="off"
            aria-label={`Label ${i + 1}`}
            placeholder={EXAMPLES[i] ?? ""}
            maxLength={100}
            value={label}
            onChange={(event) => set(i, event.currentTarget.value)}
          />
        ))}
        {labels.length < MOST_LABELS_AT_FIRST ? (
          <QuietButton onClick={() => change({ labels: [...labels, ""] })}>Add a label</QuietButton>
        ) : null}
      </div>
    </fieldset>
  );
}

const EXAMPLES = ["removed", "kept", "off topic"];

function Options({ draft, change }: FieldProps) {
  return (
    <details className={classes.options}>
      <summary>More options</summary>
      <label>
        <input
          type="checkbox"
          checked={draft.several}
          onChange={(event) => change({ several: event.currentTarget.checked })}
        />
        A text can have several labels, or none
      </label>
      <label>
        <input
          type="checkbox"
          checked={draft.posts}
          onChange={(event) => change({ posts: event.currentTarget.checked })}
        />
        The texts are forum posts: leave out quotes, code and signatures
      </label>
    </details>
  );
}
