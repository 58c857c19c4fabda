import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useId } from "react";

import { addFile, refresh } from "../../api/classifiers";
import { counted } from "../../lib/format";
import classes from "./examples-step.module.css";
import { useAction } from "../../signed-in/use-action";
import { useBrowserDraft } from "../../signed-in/use-browser-draft";

interface AddTextsProps {
  name: string;
  onAdded: () => void;
}

/** Texts to be labelled, one per line. What is typed stays in this browser until it is added. */
export function AddTexts({ name, onAdded }: AddTextsProps) {
  const id = useId();
  const client = useQueryClient();
  const [pasted, setPasted, forget] = useBrowserDraft(`train-texts-${name}`, "");
  const texts = linesOf(pasted);
  const adding = useAction(async () => {
    const file = new File([texts.join("\n")], "texts.txt");
    await addFile(name, file, { format: "lines", unlabelled: true });
    forget();
    await refresh(client);
    onAdded();
  });
  return (
    <div className={classes.paste}>
      <label htmlFor={id}>Texts to label, one per line</label>
      <textarea
        id={id}
        dir="auto"
        rows={6}
        value={pasted}
        placeholder={"You clearly didn’t read it.\nThanks, a fix is coming."}
        onChange={(event) => setPasted(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button disabled={texts.length === 0 || adding.pending} onClick={() => adding.run()}>
          {adding.pending ? "Adding…" : `Add ${counted(texts.length, "text")}`}
        </Button>
        <p>Or drop a file without labels. The server stores the texts.</p>
      </div>
      {adding.notice}
    </div>
  );
}

const linesOf = (pasted: string): string[] =>
  pasted
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
