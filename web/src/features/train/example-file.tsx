import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import { addFile, refresh } from "../../api/classifiers";
import type { Classifier, ExamplesAdded } from "../../api/generated";
import { Check } from "../../components/check";
import { Choice } from "../../components/choice";
import { counted } from "../../lib/format";
import { isReady, rowsIn, type Choosing } from "../../reading/choosing";
import { DropZone } from "../../reading/drop-zone";
import { FilePreview } from "../../reading/file-preview";
import { ReadingProgress } from "../../reading/reading-progress";
import { UnreadableFile } from "../../reading/unreadable-file";
import { addedWords } from "./added-words";
import classes from "./examples-step.module.css";
import * as chosenFile from "./example-reading";
import { fileToSend, newLabelsIn, otherSpellings } from "./file-to-send";
import { useAction } from "../../signed-in/use-action";

interface ExampleFileProps {
  classifier: Classifier;
  /** `toLabel`: whether the texts have no labels yet. */
  onAdded: (toLabel: boolean) => void;
}

/** A file of examples: previewed by the server, with every guess shown, then added. */
export function ExampleFile({ classifier, onAdded }: ExampleFileProps) {
  const { name } = classifier;
  const reading = chosenFile.readingOf(name);
  const stage = useSyncExternalStore(reading.subscribe, reading.snapshot, reading.snapshot);
  const [added, setAdded] = useState<ExamplesAdded>();
  useEffect(() => void chosenFile.restore(name), [name]);
  const open = (file: File) => {
    setAdded(undefined);
    void chosenFile.choose(name, file);
  };
  if (stage.kind === "unreadable") return <UnreadableFile stage={stage} reading={reading} />;
  if (stage.kind === "choosing") {
    return (
      <ChosenFile
        stage={stage}
        classifier={classifier}
        onAdded={(result, toLabel) => {
          setAdded(result);
          onAdded(toLabel);
        }}
      />
    );
  }
  return (
    <>
      <p role="status" className={classes.added}>
        {added ? addedWords(added) : ""}
      </p>
      <ReadingProgress reading={stage.kind === "reading"} onCancel={reading.cancel} />
      <DropZone reading={stage.kind === "reading" ? stage.file.name : undefined} onFile={open} />
      <p className={classes.note}>
        Texts and their labels, as in past decisions. A file without labels can be labelled here. You see how
        it is read before anything is stored.
      </p>
    </>
  );
}

interface ChosenFileProps {
  stage: Choosing;
  classifier: Classifier;
  onAdded: (added: ExamplesAdded, toLabel: boolean) => void;
}

function ChosenFile({ stage, classifier, onAdded }: ChosenFileProps) {
  const { name, labels } = classifier;
  const { preview, isRereading } = stage;
  const [author, setAuthor] = useState<string>();
  const [toLabelHere, setToLabelHere] = useState(false);
  const unknown = newLabelsIn(stage, labels);
  const [wished, setWished] = useState<boolean>();
  const addLabels = wished ?? labels.length === 0;
  const hasLabels = preview.label_columns.length > 0;
  const toLabel = toLabelHere || !hasLabels;
  const sending = useSending(name, (added) => onAdded(added, toLabel));
  const what = amount(rowsIn(preview), toLabel);
  const blocked = !isReady(stage) || (!toLabel && unknown.length > 0 && !addLabels);
  return (
    <section aria-labelledby="example-file" aria-busy={isRereading} className={classes.file}>
      <FilePreview
        id="example-file"
        title="Which column contains the texts?"
        stage={stage}
        file={chosenFile.readingOf(name)}
      >
        <AuthorChoice stage={stage} author={author} onChoose={setAuthor} />
        {hasLabels ? (
          <Check label="Label these texts here" checked={toLabelHere} onChange={setToLabelHere} />
        ) : null}
      </FilePreview>
      {(unknown.length > 0 || !preview.complete) && !toLabel ? (
        <NewLabels names={unknown} checked={addLabels} onChange={setWished} />
      ) : null}
      {toLabel ? null : <OtherSpellings of={otherSpellings(stage, labels)} />}
      <ReadingProgress reading={isRereading} onCancel={chosenFile.readingOf(name).cancel} />
      <footer className={classes.send}>
        {sending.pending ? (
          <>
            <progress aria-label="Adding the examples" /> <span>Adding {what}…</span>
            <Button variant="default" onClick={sending.cancel}>
              Cancel
            </Button>
          </>
        ) : (
          <>
            <Button
              disabled={blocked}
              onClick={() => sending.run(fileToSend(stage, { author, addLabels, toLabel }))}
            >
              Add {what}
              {toLabel ? " to label" : ""}
            </Button>
            <Button variant="subtle" color="gray" onClick={() => chosenFile.drop(name)}>
              Other file
            </Button>
          </>
        )}
      </footer>
      {sending.notice}
    </section>
  );
}

function amount(rows: number | undefined, toLabel: boolean): string {
  if (rows === undefined) return toLabel ? "all texts" : "all examples";
  return counted(rows, toLabel ? "text" : "example");
}

/** Sends a file; until then it stays chosen. */
function useSending(name: string, onAdded: (added: ExamplesAdded) => void) {
  const client = useQueryClient();
  const stopper = useRef(new AbortController());
  const sending = useAction(async ({ file, query }: ReturnType<typeof fileToSend>) => {
    stopper.current = new AbortController();
    const { signal } = stopper.current;
    try {
      const added = await addFile(name, file, query, signal);
      chosenFile.drop(name);
      await refresh(client);
      onAdded(added);
    } catch (error) {
      if (!signal.aborted) throw error; // cancelled by the user
    }
  });
  return { ...sending, cancel: () => stopper.current.abort() };
}

interface AuthorChoiceProps {
  stage: Choosing;
  author: string | undefined;
  onChoose: (author: string | undefined) => void;
}

function AuthorChoice({ stage: { preview }, author, onChoose }: AuthorChoiceProps) {
  const { columns, text_column, label_columns } = preview;
  const others = columns
    .filter((name) => name !== text_column && !label_columns.includes(name))
    .map((name) => ({ value: name, name }));
  if (others.length === 0) return null;
  return (
    <Choice
      label="Author"
      value={author ?? ""}
      options={[{ value: "", name: "none" }, ...others]}
      onChoose={(value) => onChoose(value === "" ? undefined : value)}
    />
  );
}

/** Says which labels of the file are taken as one that the classifier has. */
function OtherSpellings({ of: spellings }: { of: ReturnType<typeof otherSpellings> }) {
  if (spellings.length === 0) return null;
  const said = spellings.slice(0, SHOWN_LABELS).map(({ label, known }) => `“${label}” is read as “${known}”`);
  return <p className={classes.spellings}>{said.join(", ")}.</p>;
}

interface NewLabelsProps {
  names: readonly string[];
  checked: boolean;
  onChange: (checked: boolean) => void;
}

const SHOWN_LABELS = 6;

function NewLabels({ names, checked, onChange }: NewLabelsProps) {
  const shown = names.slice(0, SHOWN_LABELS).map((name) => `“${name}”`);
  const more = names.length - shown.length;
  return (
    <div className={classes.newLabels}>
      <Check
        label={
          names.length === 0
            ? "Add labels that are new"
            : `Add ${counted(names.length, "new label")}: ${shown.join(", ")}${more > 0 ? ` and ${counted(more, "other")}` : ""}`
        }
        checked={checked}
        onChange={onChange}
      />
      {checked || names.length === 0 ? null : (
        <p role="alert">
          The classifier doesn’t have {names.length === 1 ? "this label" : "these labels"}. Add{" "}
          {names.length === 1 ? "it" : "them"}, choose another label column, or change the file.
        </p>
      )}
    </div>
  );
}
