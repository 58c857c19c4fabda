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
import { useRestoredFocus } from "../../lib/use-restored-focus";
import { ColumnStep } from "./column-step";
import { FileDrop } from "./file-drop";
import { fileOfText } from "./pasted-text";
import { RunView } from "./run-view";
import { isUnsaved } from "../../scoring/run";
import type { Stage } from "../../scoring/session";
import { session } from "./session";
import { UnreadableFile } from "../../reading/unreadable-file";

/** Scores a file: the server reads it and scores its texts in batches, and the results can be downloaded. */
export function FilePage() {
  const stage = useSyncExternalStore(session.subscribe, session.snapshot, session.snapshot);
  const models = useQuery(modelsQuery);
  usePageGuards(stage);
  const pasted = usePastedText();
  const container = useRestoredFocus<HTMLDivElement>(stage.kind);
  return (
    <>
      <PageTitle>Files</PageTitle>
      <PageHero title="Score a file of texts.">
        Reviews, comments, survey answers. The server reads the file and scores its texts, and stores nothing
        unless you agree.
      </PageHero>
      {models.failureReason ? (
        <Notice
          title={asApiError(models.failureReason).title}
          detail={asApiError(models.failureReason).detail}
          meanwhile={models.isFetching ? "Your file is safe. Retrying automatically…" : undefined}
          action={models.isFetching ? undefined : { label: "Try again", run: () => void models.refetch() }}
        />
      ) : null}
      <div ref={container} role="group" aria-label="Your file" tabIndex={-1} className={shared.place}>
        <StageView stage={stage} models={models.data} />
      </div>
      <Confirm
        open={pasted.asking}
        title="Replace the current results?"
        detail="You haven’t downloaded the results on this page. Scoring the new text discards them."
        cancel="Keep results"
        confirm="Replace"
        onConfirm={pasted.open}
        onCancel={pasted.drop}
      />
    </>
  );
}

/** Restores a stored run, or opens a text passed from another page. Asks first if that would lose the run. */
function usePastedText() {
  const [text, setText] = useState<string>();
  const open = (received: string) => {
    setText(undefined);
    clearFragment();
    void session.open(fileOfText(received));
  };
  useEffect(() => {
    const received = takeText();
    void session.restore().then(() => {
      if (received === undefined) return;
      const stage = session.snapshot();
      if (stage.kind === "run" && isUnsaved(stage)) setText(received);
      else open(received);
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
      return <UnreadableFile stage={stage} reading={session.reading} />;
    case "choosing":
      return <ColumnStep stage={stage} models={models} />;
    case "run":
      return <RunView run={stage} />;
  }
}

/** A file dropped outside the field must not replace the page, and closing the tab must not lose results without asking. */
function usePageGuards(stage: Stage): void {
  useWindowEvent("dragover", (event) => event.preventDefault());
  useWindowEvent("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file && stage.kind !== "run") void session.open(file);
  });
  useWindowEvent("beforeunload", (event) => {
    if (stage.kind === "run" && stage.saveState !== "yes" && isUnsaved(stage)) event.preventDefault();
  });
}
