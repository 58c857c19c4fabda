import { useEffect, useState } from "react";

import { Notice } from "../../../components/notice";
import type { FragmentState } from "../../../lib/fragment-state";
import { draftStore, type Draft } from "./draft";
import { unpacked } from "./link";

type Found = "unreadable" | Draft;

/** Shows the discussion of the link that was opened; before it replaces one that is stored here, it asks. */
export function SharedDraft({ address }: { address: FragmentState }) {
  const value = address.values["discussion"];
  const [found, setFound] = useState<{ value: string; draft: Found }>();
  const { replace } = address;
  useEffect(() => {
    if (value === undefined) return;
    let current = true;
    void Promise.all([unpacked(value), draftStore.restore()]).then(([draft]) => {
      if (current) setFound({ value, draft: draft ?? "unreadable" });
    });
    return () => void (current = false);
  }, [value]);
  const draft = found?.value === value ? found?.draft : undefined;
  const mine = draftStore.snapshot().text;
  const isFree = draft !== undefined && draft !== "unreadable" && (mine.trim() === "" || mine === draft.text);
  useEffect(() => {
    if (!isFree) return;
    draftStore.change(draft);
    replace({ discussion: undefined });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `replace` is new at every rendering
  }, [isFree, draft]);
  if (draft === undefined || isFree) return null;
  const leave = { label: "Close", run: () => replace({ discussion: undefined }) };
  if (draft === "unreadable") {
    return (
      <Notice
        title="The link is incomplete"
        detail="It was probably cut off on its way. Ask for it again, or for the text itself."
        action={leave}
      />
    );
  }
  return (
    <Notice
      title="This link holds a discussion"
      detail="Another one is stored in this browser. Only one can be shown."
      action={{
        label: "Replace mine with it",
        run: () => {
          draftStore.change(draft);
          replace({ discussion: undefined });
        },
      }}
      otherAction={{ ...leave, label: "Keep mine" }}
    />
  );
}
