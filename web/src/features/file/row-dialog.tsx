import { Button } from "@mantine/core";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { Link } from "wouter";

import { QuietButton } from "../../components/quiet-button";
import { Scale } from "../../components/scale";
import shared from "../../components/shared.module.css";
import { AnswerFeedback } from "../../feedback/answer-feedback";
import { fragmentOf } from "../../lib/fragment";
import { count, percent } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import { paths } from "../../lib/paths";
import { probability } from "../../lib/units";
import { describeMark } from "./describe-mark";
import classes from "./row-dialog.module.css";
import type { Run } from "../../scoring/run";
import { session } from "./session";

interface RowDialogProps {
  run: Run;
  shown: readonly number[];
  /** The open row, if any. */
  row: number | undefined;
  ends: Sides | undefined;
  onRow: (row: number) => void;
  /** Called when the dialog closes; must move the focus. */
  onClose: () => void;
}

/** One row in full; the arrow keys move to the previous and next row of the table. */
export function RowDialog({ run, shown, row, ends, onRow, onClose }: RowDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const open = row !== undefined;
  useEffect(() => {
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    title.current?.focus(); // not a button: at the end of the table there may be none
  }, [open]);

  const at = row === undefined ? -1 : shown.indexOf(row);
  const neighbour = (step: number) => (at < 0 ? undefined : shown[at + step]);
  const move = (step: number) => {
    const next = neighbour(step);
    if (next !== undefined) onRow(next);
  };
  /** Closes synchronously and moves the focus, so that the next key press goes to the table. */
  const close = () => {
    dialog.current?.close();
    if (open) onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      close();
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };

  return (
    <dialog
      ref={dialog}
      className={`${shared.card} ${shared.raised} ${classes.dialog}`}
      aria-labelledby="row-title"
      onCancel={(event) => {
        event.preventDefault(); // triggered by a phone's back gesture
        close();
      }}
      onKeyDown={onKeyDown}
    >
      {row === undefined ? null : (
        <>
          <header className={classes.head}>
            <h2 id="row-title" ref={title} tabIndex={-1}>
              Row {count(row + 1)}
            </h2>
            <Step name="Previous" possible={neighbour(-1) !== undefined} onStep={() => move(-1)} />
            <Step name="Next" possible={neighbour(1) !== undefined} onStep={() => move(1)} />
            <QuietButton onClick={close}>Close</QuietButton>
          </header>
          <RowContent run={run} row={row} ends={ends} />
        </>
      )}
    </dialog>
  );
}

interface StepProps {
  name: string;
  possible: boolean;
  onStep: () => void;
}

/** Stays focusable at the ends of the table: a disabled button would lose the focus and the arrow keys. */
function Step({ name, possible, onStep }: StepProps) {
  return (
    <Button
      variant="default"
      size="compact-md"
      aria-disabled={!possible}
      data-disabled={!possible || undefined}
      onClick={onStep}
    >
      {name}
    </Button>
  );
}

function RowContent({ run, row, ends }: Pick<RowDialogProps, "run" | "ends"> & { row: number }) {
  const { texts, scores, table, column, model } = run;
  const text = texts[row] ?? "";
  const failure = scores.failureOf(row);
  const mark = scores.markOf(row);
  const others = table.columns.flatMap((name, i) =>
    i === column ? [] : [[name, table.rows[row]?.[i] ?? ""]],
  );
  const address = `${paths.tryIt}${fragmentOf({ text, model: model.default ? undefined : model.name })}`;
  return (
    <div className={classes.content}>
      <blockquote dir="auto" tabIndex={0} aria-label="Text">
        {text || <em>empty</em>}
      </blockquote>
      {scores.isScored(row) ? (
        <>
          <p className={classes.verdict}>{verdictOf(run, row)}</p>
          {ends ? (
            <Scale
              ends={ends}
              value={probability(scores.probabilityOf(row, scores.labels.indexOf(ends.right)))}
              sureFrom={probability(model.sure_from)}
            />
          ) : null}
          <p className={classes.more}>
            <Link href={address}>See which words matter</Link>
          </p>
          {mark ? <p className={classes.mark}>You marked this row: {describeMark(mark)}.</p> : null}
          {/* Feedback stores exactly one label. */}
          {model.multi_label ? null : (
            <AnswerFeedback
              judged={{
                text,
                model: model.version,
                label: scores.labelOf(row),
                probability: scores.probabilityOf(row, scores.topOf(row)),
                requestId: scores.requestIdOf(row),
              }}
              labels={scores.labels}
              onJudgement={({ correct, label }) => session.mark(row, { correct, label })}
            />
          )}
        </>
      ) : (
        <p className={classes.verdict}>{failure ? `Not scored: ${failure.detail}` : "Not scored yet."}</p>
      )}
      {others.length > 0 ? (
        <dl>
          {others.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  );
}

function verdictOf({ scores }: Run, row: number): string {
  const certainty = percent(probability(scores.probabilityOf(row, scores.topOf(row))));
  const label = scores.labelOf(row);
  return scores.stateOf(row) === "sure"
    ? `${label}, ${certainty}`
    : `not sure, leaning ${label} (${certainty})`;
}
