import { Button } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { Decision } from "../../api/generated";
import { decisionsQuery, exportedDecisions, QUEUE, undo, type Community } from "../../api/moderation";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import { counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import { uuid } from "../../lib/uuid";
import { useAction } from "../../signed-in/use-action";
import classes from "./log-view.module.css";
import { useUnsaved } from "./use-decisions";
import { decisionWords } from "./words";

const FILES = [
  { format: "csv", name: "CSV", type: "text/csv" },
  { format: "jsonl", name: "JSON Lines", type: "application/jsonl" },
] as const;

/** Who decided what: every entry can be undone, and the whole log exported. */
export function LogView({ community, name }: { community: Community; name: string }) {
  const unsaved = useUnsaved();
  const { data, failureReason, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    ...decisionsQuery(community),
    enabled: unsaved === 0, // or the log would lack what was just decided
  });
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  const undone = new Set(entries.map(({ undoes }) => undoes));
  const saving = useAction(async ({ format, type }: (typeof FILES)[number]) =>
    saveFile(`${name}-decisions.${format}`, await exportedDecisions(community, format), type),
  );
  return (
    <>
      <div className={classes.head}>
        <p>The log holds no texts and no authors. Nothing in it is ever changed: an undo is an entry too.</p>
        {FILES.map((file) => (
          <Button
            key={file.format}
            size="xs"
            variant="default"
            disabled={unsaved > 0}
            onClick={() => saving.run(file)}
          >
            Download {file.name}
          </Button>
        ))}
      </div>
      {saving.notice}
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {unsaved > 0 ? <p>Saving {counted(unsaved, "decision")}…</p> : null}
      {data && entries.length === 0 ? <p>Nobody has decided anything yet.</p> : null}
      <ol className={classes.list} aria-label="Decisions">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} undone={undone.has(entry.id)} />
        ))}
      </ol>
      {hasNextPage ? (
        <QuietButton onClick={() => void fetchNextPage()}>
          {isFetching ? "Loading…" : "Show more"}
        </QuietButton>
      ) : null}
    </>
  );
}

function Entry({ entry, undone }: { entry: Decision; undone: boolean }) {
  const client = useQueryClient();
  const undoing = useAction(async () => {
    await undo(uuid(), entry.request);
    await client.invalidateQueries({ queryKey: QUEUE });
  });
  const canUndo = entry.action !== "undo" && entry.copy_of === null && !undone;
  return (
    <li className={classes.entry} data-undone={undone || undefined}>
      <b>{decisionWords(entry)}</b>
      <span>
        {entry.item_id}
        {entry.copy_of === null ? "" : " (a copy)"}
      </span>
      <span>
        {entry.by}, <time dateTime={entry.made_at}>{new Date(entry.made_at).toLocaleString()}</time>
      </span>
      <span>{agreementOf(entry)}</span>
      {canUndo ? <QuietButton onClick={() => undoing.run()}>Undo</QuietButton> : null}
      {undone ? <i>undone</i> : null}
      {undoing.notice}
    </li>
  );
}

function agreementOf({ agrees, classifier_labels: said, blind }: Decision): string {
  if (agrees === null) return "";
  const where = blind ? ", decided blind" : "";
  return agrees
    ? `as the classifier said${where}`
    : `the classifier had said ${(said ?? []).join(", ")}${where}`;
}
