import { VisuallyHidden } from "@mantine/core";
import { useDeferredValue, useMemo, useRef, useState } from "react";

import { Confirm } from "../../components/confirm";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import { clearFragment, useFragmentState, type Change, type Values } from "../../lib/fragment-state";
import { endsOf } from "../../lib/labels";
import { Distribution } from "./distribution";
import { Download } from "./download";
import { Failures } from "./failures";
import { SavedNote } from "../../scoring/saved-note";
import { RowDialog } from "./row-dialog";
import { RowTable } from "./row-table";
import { RunProgress } from "../../scoring/run-progress";
import classes from "./run-view.module.css";
import { isUnsaved, type Run } from "../../scoring/run";
import { session } from "./session";
import { Toolbar } from "./toolbar";
import { DEFAULT_VIEW, rowsShown, valuesOf, viewOf, type View } from "./view";

/** A run: its progress, its results and its rows. */
export function RunView({ run }: { run: Run }) {
  const { texts, model } = run;
  const table = useRef<HTMLDivElement>(null);
  const { view, setView, opened, last, open, openFirst, replaceOpen, closeRow } = useRunAddress(run);
  const deferredView = useDeferredValue(view); // typing into the search stays smooth with 100,000 rows
  const scores = useDeferredValue(run.scores);
  const shown = useMemo(() => rowsShown(scores, texts, deferredView), [scores, texts, deferredView]);
  const counts = useMemo(() => scores.counts(), [scores]);
  const ends = endsOf(model);
  const discard = useDiscard(run);

  return (
    <div className={classes.run}>
      <RunProgress run={run} session={session} onNewFile={discard.ask} />
      {model.multi_label ? (
        <p className={classes.several}>
          This model can give a text several labels, or none. Each row shows the percentage of its most likely
          label. The download has all of them.
        </p>
      ) : null}
      <Distribution run={run} counts={counts} ends={ends} />
      {counts.failed > 0 ? (
        <Failures run={run} onShow={() => setView({ ...DEFAULT_VIEW, filter: { kind: "failed" } })} />
      ) : null}
      <Download run={run} shown={shown} />
      <SavedNote run={run} onForget={discard.ask} />
      <section aria-labelledby="rows" className={shared.card}>
        <Toolbar view={view} labels={model.labels} ends={ends} onChange={setView} onOpenFirst={openFirst} />
        <RowTable run={run} shown={shown} ends={ends} current={last} onOpen={open} ref={table} />
        <p className={classes.shown}>
          {shown.length === texts.length
            ? counted(texts.length, "row")
            : `${count(shown.length)} of ${counted(texts.length, "row")}`}
        </p>
      </section>
      <RowDialog
        run={run}
        shown={shown}
        row={opened}
        ends={ends}
        onRow={replaceOpen}
        onClose={() => {
          table.current?.focus({ preventScroll: true });
          closeRow();
        }}
      />
      <Confirm
        open={discard.asking}
        title={`Discard the results for ${run.file.name}?`}
        detail={describeLoss(run)}
        cancel="Keep results"
        confirm="Discard"
        onConfirm={discard.confirm}
        onCancel={discard.cancel}
      />
      <VisuallyHidden role="status" aria-live="polite">
        {announcement(run)}
      </VisuallyHidden>
    </div>
  );
}

/** The view and the open row, as the address has them, and functions that change them. */
function useRunAddress({ texts, scores, model: { labels } }: Run) {
  const { values, replace, push, leave } = useFragmentState();
  const view = useMemo(() => viewOf(values, labels), [values, labels]);
  const opened = rowIn(values, texts.length);
  const [last, setLast] = useState(opened); // where the table scrolls to when the dialog closes
  if (opened !== undefined && opened !== last) setLast(opened);
  const setView = (next: View) => replace(valuesOf(next, labels));
  const open = (row: number) => push(rowValue(row));
  const openFirst = (label: number) => {
    const next = { ...DEFAULT_VIEW, sort: { by: "label", label } } as const;
    setView(next);
    const first = rowsShown(scores, texts, next)[0];
    if (first !== undefined) open(first);
  };
  return {
    view,
    setView,
    opened,
    last,
    open,
    openFirst,
    replaceOpen: (row: number) => replace(rowValue(row)),
    closeRow: () => leave(rowValue(undefined)),
  };
}

/** Discards the run: at once if nothing is lost, else after confirmation. */
function useDiscard(run: Run) {
  const [asking, setAsking] = useState(false);
  const confirm = () => {
    clearFragment();
    void session.clear();
  };
  return {
    asking,
    ask: () => (isUnsaved(run) ? setAsking(true) : confirm()),
    confirm,
    cancel: () => setAsking(false),
  };
}

function describeLoss({ status, done, texts }: Run): string {
  const scored = `${count(done)} of ${counted(texts.length, "row")} ${done === 1 ? "is" : "are"} scored but not downloaded.`;
  const stops = status === "running" ? " Scoring stops." : "";
  return `${scored}${stops} Discarding permanently removes them from this browser.`;
}

/** The open row, from 0. The address counts from 1, as the table does. */
function rowIn(values: Values, rows: number): number | undefined {
  const row = Number(values["row"] ?? Number.NaN) - 1;
  return Number.isInteger(row) && row >= 0 && row < rows ? row : undefined;
}

const rowValue = (row: number | undefined): Change => ({ row: row === undefined ? undefined : `${row + 1}` });

/** For screen readers: updates at every 10%, not at every tick. */
function announcement({ status, done, texts }: Run): string {
  if (status === "done") return `All ${counted(texts.length, "row")} scored.`;
  if (status === "stopped") return `Stopped after ${counted(done, "row")}.`;
  if (status === "failed") return "";
  const tenths = Math.floor((done / Math.max(1, texts.length)) * 10);
  return tenths === 0 ? "Scoring." : `Scoring: ${tenths * 10}%.`;
}
