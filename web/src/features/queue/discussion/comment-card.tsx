import { Link } from "wouter";

import type { ModelSummary } from "../../../api/generated";
import type { Outcome } from "../../../api/score-texts";
import { Scale } from "../../../components/scale";
import { AnswerFeedback } from "../../../feedback/answer-feedback";
import { fragmentOf } from "../../../lib/fragment";
import { percent } from "../../../lib/format";
import { paths } from "../../../lib/paths";
import { probability } from "../../../lib/units";
import classes from "./comment-card.module.css";
import { timeWords } from "./order";
import { placeOf, type Track } from "./track";
import type { Comment } from "./comment";

interface CommentCardProps {
  comment: Comment;
  /** Its position in the discussion, from 1. */
  number: number;
  outcome: Outcome | undefined;
  track: Track;
  model: ModelSummary | undefined;
}

/** The selected comment in full. */
export function CommentCard({ comment, number, outcome, track, model }: CommentCardProps) {
  const name = model && !model.default ? model.name : undefined;
  return (
    <article className={classes.card} aria-label={`Comment ${number}`}>
      <h3>
        {comment.author ?? `Comment ${number}`}{" "}
        <span>
          {comment.author === undefined ? "" : `comment ${number}, `}line {comment.line}
          {comment.at === undefined ? "" : `, ${timeWords(comment.at)}`}
          {comment.parent === undefined ? "" : `, answers comment ${comment.parent + 1}`}
        </span>
      </h3>
      <div className={classes.words} tabIndex={0} role="group" aria-label="Text">
        {comment.quote === "" ? null : (
          <blockquote dir="auto" title="Left out, not scored">
            {comment.quote}
          </blockquote>
        )}
        <p dir="auto">{comment.text}</p>
      </div>
      <Verdict outcome={outcome} track={track} sureFrom={model?.sure_from} />
      {outcome?.kind === "scored" ? (
        <p className={classes.more}>
          <Link href={`${paths.tryIt}${fragmentOf({ text: comment.text, model: name })}`}>
            See which words matter
          </Link>
        </p>
      ) : null}
      {model && outcome?.kind === "scored" && outcome.labels === null ? (
        <AnswerFeedback
          judged={{
            text: comment.text,
            model: model.version,
            label: outcome.label,
            probability: outcome.probability,
            requestId: outcome.requestId,
          }}
          labels={model.labels}
        />
      ) : null}
    </article>
  );
}

interface VerdictProps {
  outcome: Outcome | undefined;
  track: Track;
  sureFrom: number | undefined;
}

function Verdict({ outcome, track, sureFrom }: VerdictProps) {
  if (!outcome) return <p className={classes.verdict}>Not scored yet.</p>;
  if (outcome.kind === "error") return <p className={classes.verdict}>Not scored: {outcome.error.detail}</p>;
  const certainty = percent(probability(outcome.probability));
  return (
    <>
      <p className={classes.verdict}>
        {outcome.sure
          ? `${outcome.label}, ${certainty}`
          : `not sure, leaning ${outcome.label} (${certainty})`}
      </p>
      <Scale
        ends={track.ends}
        value={placeOf(outcome, track)}
        sureFrom={track.isPair && sureFrom !== undefined ? probability(sureFrom) : undefined}
      />
    </>
  );
}
