import { VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import type { ModelSummary } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { counted, percent } from "../../lib/format";
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
}

/** The timeline, the comment that is looked at, and all of them in a table. */
export function Result({ comments, outcomes, track, model }: ResultProps) {
  const [chosenWidth, setWidth] = useState<number>();
  const [chosen, setChosen] = useState(0);
  const current = Math.min(chosen, comments.length - 1);
  const width = chosenWidth ?? usualWidth(comments.length);
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
            onChoose={(next) => setWidth(Number(next))}
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

function turnInWords(turn: Turn | undefined, comments: readonly Comment[], { label }: Track): string {
  if (!turn) return "No clear turning point.";
  const author = comments[turn.at]?.author;
  const by = author === undefined ? "" : `, by ${author}`;
  const [before, after] = [turn.before, turn.after].map((value) => percent(probability(value)));
  return `It turned at comment ${turn.at + 1}${by}: ${before} ${label} on average before, ${after} from there on.`;
}
