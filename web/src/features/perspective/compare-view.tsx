import { useWindowEvent } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { asApiError } from "../../api/client";
import type { ModelList } from "../../api/generated";
import { modelsQuery } from "../../api/queries";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { useFragmentState, type FragmentState } from "../../lib/fragment-state";
import { useRestoredFocus } from "../../lib/use-restored-focus";
import { DropZone } from "../../reading/drop-zone";
import { ReadingProgress } from "../../reading/reading-progress";
import { UnreadableFile } from "../../reading/unreadable-file";
import { isUnsaved } from "../../scoring/run";
import type { Stage } from "../../scoring/session";
import { ChooseStep } from "./choose-step";
import { exampleLog } from "./example-log";
import classes from "./compare.module.css";
import { RunView } from "./run-view";
import { session } from "./session";
import { NOTHING_CHOSEN } from "./wanted";

/** A bad row, as logs have some, is left out and counted. */
const READING = { bad_rows: "skip" } as const;

/** A log with old scores: read and scored by the server, compared here. */
export function CompareView() {
  const stage = useSyncExternalStore(session.subscribe, session.snapshot, session.snapshot);
  const models = useQuery(modelsQuery);
  const address = useFragmentState();
  const container = useRestoredFocus<HTMLDivElement>(stage.kind);
  const open = (file: File) => {
    address.replace(NOTHING_CHOSEN);
    void session.open(file, READING);
  };
  usePageGuards(stage, open);
  useEffect(() => {
    void session.restore();
  }, []);
  return (
    <>
      {models.failureReason ? (
        <Notice
          title={asApiError(models.failureReason).title}
          detail={asApiError(models.failureReason).detail}
          meanwhile={models.isFetching ? "Your file is safe. Retrying automatically…" : undefined}
          action={models.isFetching ? undefined : { label: "Try again", run: () => void models.refetch() }}
        />
      ) : null}
      <div ref={container} role="group" aria-label="Your log" tabIndex={-1} className={shared.place}>
        <StageView stage={stage} models={models.data} address={address} onOpen={open} />
      </div>
    </>
  );
}

interface StageViewProps {
  stage: Stage;
  models: ModelList | undefined;
  address: FragmentState;
  onOpen: (file: File) => void;
}

function StageView({ stage, models, address, onOpen }: StageViewProps) {
  switch (stage.kind) {
    case "empty":
    case "reading":
      return (
        <>
          <ReadingProgress reading={stage.kind === "reading"} onCancel={session.reading.cancel} />
          <DropZone reading={stage.kind === "reading" ? stage.file.name : undefined} onFile={onOpen} />
          <p className={classes.example}>
            No log yet?{" "}
            <QuietButton onClick={() => onOpen(exampleLog())}>Try an example: 20 comments</QuietButton>
          </p>
        </>
      );
    case "unreadable":
      return <UnreadableFile stage={stage} reading={session.reading} />;
    case "choosing":
      return <ChooseStep stage={stage} models={models} address={address} />;
    case "run":
      return <RunView run={stage} address={address} />;
  }
}

/** A file dropped beside the field must not replace the page, and closing the tab must not lose scores without asking. */
function usePageGuards(stage: Stage, open: (file: File) => void): void {
  useWindowEvent("dragover", (event) => event.preventDefault());
  useWindowEvent("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file && stage.kind !== "run") open(file);
  });
  useWindowEvent("beforeunload", (event) => {
    if (stage.kind === "run" && stage.saveState !== "yes" && isUnsaved(stage)) event.preventDefault();
  });
}
