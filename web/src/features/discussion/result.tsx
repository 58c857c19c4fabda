import { VisuallyHidden } from "@mantine/core";

import type { ModelSummary } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { counted, percent } from "../../lib/format";
import type { Change, Values } from "../../lib/fragment-state";
import { probability } from "../../lib/units";
import { CommentCard } from "./comment-card";
import { CommentTable } from "./comment-table";
import classes from "./result.module.css";
import { placeOf, type Track } from "./scale-of";
import { Timeline } from "./timeline-chart";
import { movingAverage, turnOf, usualWidth, type Turn } from "./timeline";
import type { Comment } from "./thread";
import type { Outcomes } from "./use-outcomes";

const WIDTHS = [1, 3, 5, 9, 15, 31];

interface ResultProps {
  comments: readonly Comment[];
  outcomes: Outcomes;
  track: Track;
  model: ModelSummary | undefined;
  /** Of the address: which comment is looked at (from 1), and how many are averaged. */
  address: Values;
  onChange: (change: Change) => void;
}

/** The timeline, the comment that is looked at, and all of them in a table. */
export function Result({ comments, outcomes, track, model, address, onChange }: ResultProps) {
  const current = Math.min(comments.length - 1, wholeIn(address["comment"], 1) - 1);
  const width = wholeIn(address["average"], usualWidth(comments.length));
  const setChosen = (comment: number) => onChange({ comment: comment === 0 ? undefined : `${comment + 1}` });
  const values = comments.map(({ text }) => {
    const outcome = outcomes.of(text);
    return outcome?.kind === "scored" ? placeOf(outcome, track) : undefined;
  });
  const turn = turnOf(values);
  const summary = turnInWords(turn, comments, track);
  const comment = comments[current];
  const widths = WIDTHS.filter((each) => each <= Math.max(3, comments.length) || each === width);

  return (
    <>
      <section className={`${shared.card} ${classes.result}`} aria-labelledby="timeline">
        <div className={classes.head}>
          <div>
            <h2 id="timeline" className={shared.title}>
              How it went
            </h2>
            <p>
              {outcomes.missing > 0 ? `Scoring: ${counted(outcomes.missing, "comment")} to go…` : summary}
            </p>
          </div>
          <Choice
            label="Average over"
            value={`${width}`}
            options={widths.map((each) => ({
              value: `${each}`,
              name: each === 1 ? "nothing" : counted(each, "comment"),
            }))}
            onChoose={(next) => onChange({ average: next })}
          />
        </div>
        <div className={classes.pair}>
          <Timeline
            comments={comments}
            values={values}
            average={width === 1 ? [] : movingAverage(values, width)}
            turn={turn}
            track={track}
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
          onCurrent={setChosen}
        />
      </section>
      <VisuallyHidden role="status">{outcomes.missing === 0 ? summary : ""}</VisuallyHidden>
    </>
  );
}

/** A positive whole number of the address, or `otherwise` where it has none. */
function wholeIn(value: string | undefined, otherwise: number): number {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}

function turnInWords(turn: Turn | undefined, comments: readonly Comment[], { label }: Track): string {
  if (!turn) return "No clear turning point.";
  const author = comments[turn.at]?.author;
  const by = author === undefined ? "" : `, by ${author}`;
  const [before, after] = [turn.before, turn.after].map((value) => percent(probability(value)));
  return `It turned at comment ${turn.at + 1}${by}: ${before} ${label} on average before, ${after} from there on.`;
}
