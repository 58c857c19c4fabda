import { VisuallyHidden } from "@mantine/core";

import type { ModelSummary } from "../../../api/generated";
import { Choice } from "../../../components/choice";
import shared from "../../../components/shared.module.css";
import { counted } from "../../../lib/format";
import type { Change, Values } from "../../../lib/fragment-state";
import { CommentCard } from "./comment-card";
import { CommentTable } from "./comment-table";
import classes from "./result.module.css";
import { orderIn, ORDERS, type Order } from "./order";
import { placeOf, type Track } from "./track";
import { Timeline } from "./timeline-chart";
import { movingAverage, turnOf, defaultWindow } from "./timeline";
import type { Comment } from "./comment";
import type { Draft } from "./draft";
import { TakeAway } from "./take-away";
import { TurningPoint, turnWords } from "./turning-point";
import type { Outcomes } from "./use-outcomes";

const WIDTHS = [1, 3, 5, 9, 15, 31];

interface ResultProps {
  draft: Draft;
  comments: readonly Comment[];
  outcomes: Outcomes;
  track: Track;
  model: ModelSummary | undefined;
  /** Values in the address: the selected comment (from 1) and the width of the average. */
  address: Values;
  onChange: (change: Change) => void;
}

/** The timeline, the selected comment, and a table of all comments. */
export function Result({ draft, comments, outcomes, track, model, address, onChange }: ResultProps) {
  const current = Math.min(comments.length - 1, positiveIntegerIn(address["comment"], 1) - 1);
  const width = positiveIntegerIn(address["average"], defaultWindow(comments.length));
  const order = orderIn(address["sort"]);
  const setChosen = (comment: number) => onChange({ comment: comment === 0 ? undefined : `${comment + 1}` });
  const values = comments.map(({ text }) => {
    const outcome = outcomes.of(text);
    return outcome?.kind === "scored" ? placeOf(outcome, track) : undefined;
  });
  const drawn = { comments, track, turn: turnOf(values) };
  const comment = comments[current];

  return (
    <>
      <section className={`${shared.card} ${classes.result}`} aria-labelledby="timeline">
        <div className={classes.head}>
          <div>
            <h2 id="timeline" className={shared.title}>
              Timeline
            </h2>
            {outcomes.missing > 0 ? (
              <p>Scoring: {counted(outcomes.missing, "comment")} left…</p>
            ) : (
              <TurningPoint {...drawn} onOpen={setChosen} />
            )}
          </div>
          <Choices width={width} comments={comments.length} order={order} onChange={onChange} />
        </div>
        <div className={classes.pair}>
          <Timeline
            {...drawn}
            values={values}
            average={width === 1 ? [] : movingAverage(values, width)}
            sureFrom={model?.sure_from}
            current={current}
            onCurrent={setChosen}
          />
          {comment ? (
            <CommentCard
              comment={comment}
              number={current + 1}
              outcome={outcomes.of(comment.text)}
              track={track}
              model={model}
            />
          ) : null}
        </div>
        <CommentTable
          comments={comments}
          outcomes={outcomes}
          track={track}
          current={current}
          order={order}
          onCurrent={setChosen}
        />
        <TakeAway draft={draft} comments={comments} outcomes={outcomes} model={model} address={address} />
      </section>
      <VisuallyHidden role="status">{outcomes.missing === 0 ? turnWords(drawn) : ""}</VisuallyHidden>
    </>
  );
}

interface ChoicesProps {
  width: number;
  comments: number;
  order: Order;
  onChange: (change: Change) => void;
}

/** How many comments the moving average covers, and how the table is sorted. */
function Choices({ width, comments, order, onChange }: ChoicesProps) {
  const widths = WIDTHS.filter((option) => option <= Math.max(3, comments) || option === width);
  return (
    <div className={classes.choices}>
      <Choice
        label="Average"
        value={`${width}`}
        options={widths.map((option) => ({
          value: `${option}`,
          name: option === 1 ? "off" : counted(option, "comment"),
        }))}
        onChoose={(average) => onChange({ average })}
      />
      <Choice
        label="Sort"
        value={order}
        options={ORDERS}
        onChoose={(sort) => onChange({ sort: sort === "place" ? undefined : sort })}
      />
    </div>
  );
}

/** A positive integer from the address, else `fallback`. */
function positiveIntegerIn(value: string | undefined, fallback: number): number {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) && number > 0 ? number : fallback;
}
