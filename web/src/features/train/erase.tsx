import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { erase, refresh } from "../../api/classifiers";
import { Confirm } from "../../components/confirm";
import { counted } from "../../lib/format";
import classes from "./examples-view.module.css";
import { useAction } from "../../signed-in/use-action";

type What = "author" | "text";

/** Erases a text, or everything by an author, from all classifiers, as somebody may have asked for. */
export function Erase({ onErased }: { onErased: () => void }) {
  const client = useQueryClient();
  const [what, setWhat] = useState<What>("author");
  const [typed, setTyped] = useState("");
  const [asking, setAsking] = useState(false);
  const [erased, setErased] = useState<number>();
  const erasing = useAction(async () => {
    const { erased: examples } = await erase(what === "author" ? { author: typed.trim() } : { text: typed });
    setErased(examples);
    setTyped("");
    onErased();
    await refresh(client);
  });
  return (
    <details className={classes.erase}>
      <summary>Erase an author or a text</summary>
      <p>
        Deletes everything by an author, or one text with its copies, from the examples of all classifiers.
        Then fit and publish them again, so that no published version has learnt from it.
      </p>
      <EraseForm
        what={what}
        typed={typed}
        pending={erasing.pending}
        onWhat={setWhat}
        onTyped={setTyped}
        onErase={() => setAsking(true)}
      />
      <p role="status">{erased === undefined ? "" : `${counted(erased, "example")} erased.`}</p>
      {erasing.notice}
      <Confirm
        open={asking}
        title={what === "author" ? `Erase everything by ${typed.trim()}?` : "Erase this text?"}
        detail="It is deleted from all classifiers. There is no copy."
        cancel="Cancel"
        confirm="Erase"
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          erasing.run();
        }}
      />
    </details>
  );
}

interface EraseFormProps {
  what: What;
  typed: string;
  pending: boolean;
  onWhat: (what: What) => void;
  onTyped: (typed: string) => void;
  onErase: () => void;
}

function EraseForm({ what, typed, pending, onWhat, onTyped, onErase }: EraseFormProps) {
  return (
    <div className={classes.eraseForm}>
      <select
        aria-label="What to erase"
        value={what}
        onChange={(event) => onWhat(event.currentTarget.value as What)}
      >
        <option value="author">everything by the author</option>
        <option value="text">the text</option>
      </select>
      <input
        type="text"
        autoComplete="off"
        aria-label={what === "author" ? "Author" : "Text"}
        value={typed}
        onChange={(event) => onTyped(event.currentTarget.value)}
      />
      <Button variant="default" disabled={typed.trim() === "" || pending} onClick={onErase}>
        Erase
      </Button>
    </div>
  );
}
