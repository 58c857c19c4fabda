import { useWindowEvent } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";

import { asApiError } from "../../api/client";
import { modelsQuery } from "../../api/queries";
import { Confirm } from "../../components/confirm";
import { Notice } from "../../components/notice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import { clearFragment } from "../../lib/fragment-state";
import { takeText } from "../../lib/handover";
import shared from "../../components/shared.module.css";
import { useKeptFocus } from "../../lib/use-kept-focus";
import { ColumnStep } from "./column-step";
import { FileDrop } from "./file-drop";
import { fileOfText } from "./pasted-text";
import { prepareToRead } from "./read-in-worker";
import { RunView } from "./run-view";
import { isUnsaved, session, type Stage } from "./session";
import { UnreadableFile } from "./unreadable-file";

/** A file of texts: chosen, read here, scored by the server in batches, shown, saved. */
export function ManyPage() {
  const stage = useSyncExternalStore(session.subscribe, session.snapshot, session.snapshot);
  const models = useQuery(modelsQuery);
  useKeptTab(stage);
  useEffect(prepareToRead, []);
  const pasted = usePastedText();
  const place = useKeptFocus<HTMLDivElement>(stage.kind);
  return (
    <>
      <PageTitle>Many texts</PageTitle>
      <PageHero title="Score a whole file of texts.">
        Reviews, comments, survey answers. Your browser reads the file and sends only the column that you
        choose. This server scores the texts and doesn’t store them unless you agree.
      </PageHero>
      {models.failureReason ? (
        <Notice
          title={asApiError(models.failureReason).title}
          detail={asApiError(models.failureReason).detail}
          meanwhile={models.isFetching ? "Your file is safe. Retrying automatically…" : undefined}
          action={models.isFetching ? undefined : { label: "Try again", run: () => void models.refetch() }}
        />
      ) : null}
      <div ref={place} role="group" aria-label="Your file" tabIndex={-1} className={shared.place}>
        <StageView stage={stage} models={models.data} />
      </div>
      <Confirm
        open={pasted.asking}
        title="Replace the results that are here?"
        detail="You have a text to score as a file. The results on this page are not downloaded and would be gone."
        cancel="Keep the results"
        confirm="Replace them"
        onConfirm={pasted.open}
        onCancel={pasted.drop}
      />
    </>
  );
}

/** Takes up what this browser has: a run of before, or a text that another page hands over. Asks where that would lose the run. */
function usePastedText() {
  const [text, setText] = useState<string>();
  const open = (taken: string) => {
    setText(undefined);
    clearFragment();
    void session.open(fileOfText(taken));
  };
  useEffect(() => {
    const taken = takeText();
    void session.restore().then(() => {
      if (taken === undefined) return;
      const stage = session.snapshot();
      if (stage.kind === "run" && isUnsaved(stage)) setText(taken);
      else open(taken);
    });
  }, []);
  return {
    asking: text !== undefined,
    open: () => {
      if (text !== undefined) open(text);
    },
    drop: () => setText(undefined),
  };
}

interface StageViewProps {
  stage: Stage;
  models: Parameters<typeof ColumnStep>[0]["models"];
}

function StageView({ stage, models }: StageViewProps) {
  switch (stage.kind) {
    case "empty":
    case "reading":
      return <FileDrop reading={stage.kind === "reading" ? stage.file.name : undefined} />;
    case "unreadable":
      return <UnreadableFile stage={stage} />;
    case "choosing":
      return <ColumnStep stage={stage} models={models} />;
    case "run":
      return <RunView run={stage} />;
  }
}

/** A file dropped beside the field must not replace the page; a tab asks before it closes where that loses a result. */
function useKeptTab(stage: Stage): void {
  useWindowEvent("dragover", (event) => event.preventDefault());
  useWindowEvent("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file && stage.kind !== "run") void session.open(file);
  });
  useWindowEvent("beforeunload", (event) => {
    if (stage.kind === "run" && stage.keeping !== "yes" && isUnsaved(stage)) event.preventDefault();
  });
}
