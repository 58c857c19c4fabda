import { Skeleton } from "@mantine/core";
import type { Ref } from "react";

import type { ModelSummary } from "../../api/generated";
import { Notice } from "../../components/notice";
import { Scale } from "../../components/scale";
import { SlowNotice } from "../../components/slow-notice";
import { AnswerFeedback } from "../../feedback/answer-feedback";
import { probabilityOf } from "../../lib/labels";
import { useTrueFor } from "../../lib/use-true-for";
import { probability } from "../../lib/units";
import { ExampleNote } from "./example-note";
import { AnswerFacts } from "./answer-facts";
import { EmptyState } from "./empty-state";
import { LabelBars } from "./label-bars";
import { endsOfAnswer, labelsOf } from "../../explanation/effects";
import { InfluentialWords } from "./influential-words";
import { MixedNote } from "./mixed-note";
import classes from "./answer-panel.module.css";
import { TooLong } from "./too-long";
import type { Answer } from "./use-answer";
import { Verdict } from "./verdict";

/** How long an answer to an earlier text may stay before it is dimmed; most answers arrive sooner. */
const CHECKING_MS = 250;

interface AnswerPanelProps {
  ref?: Ref<HTMLDivElement>;
  text: string;
  answer: Answer;
  model: ModelSummary | undefined;
  /** The server's limit of characters per text, once known. */
  limit: number | undefined;
  highlighted: number | undefined;
  onHighlight: (start: number | undefined) => void;
  /** Replaces the text. */
  onText: (text: string) => void;
}

/** The answer to the text, in all its states. */
export function AnswerPanel(props: AnswerPanelProps) {
  const { ref, text, answer, model, limit, onText } = props;
  return (
    <div
      ref={ref}
      className={classes.reading}
      role="region"
      aria-label="Answer"
      tabIndex={-1}
      aria-busy={answer.pending}
    >
      {answer.error ? <AnswerError answer={answer} /> : <SlowNotice waiting={answer.pending} />}
      {answer.tooLong && limit !== undefined ? <TooLong text={text} limit={limit} onText={onText} /> : null}
      {text.trim() === "" ? <EmptyState model={model} onExample={onText} /> : <Result {...props} />}
    </div>
  );
}

/** After an error, an outdated answer is not shown: a new one may take a while. */
function Result({ text, answer: state, model, highlighted, onHighlight }: AnswerPanelProps) {
  const { answer, stale, effects, explanation, error, tooLong } = state;
  const checking = useTrueFor(stale && answer !== undefined, CHECKING_MS);
  if (tooLong) return null;
  if (!answer || (error && stale)) return error ? null : <Placeholder />;
  const { scored } = answer;
  const ends = endsOfAnswer(scored);
  const disagreement = stale ? [] : state.disagreement;
  const sureFrom = model ? probability(model.sure_from) : undefined;
  return (
    <div className={classes.result} data-checking={checking || undefined}>
      {checking ? <p className={classes.checking}>Checking…</p> : null}
      <Verdict scored={scored} sureFrom={sureFrom} />
      <MixedNote sentences={disagreement} />
      <ExampleNote text={answer.text} scored={scored} />
      {ends ? (
        <Scale ends={ends} value={probabilityOf(scored.probabilities, ends.right)} sureFrom={sureFrom} />
      ) : (
        <LabelBars scored={scored} model={model} />
      )}
      <InfluentialWords
        scored={scored}
        effects={effects}
        explanation={explanation}
        highlighted={highlighted}
        onHighlight={stale ? undefined : onHighlight}
      />
      {/* Feedback stores exactly one label. */}
      {scored.labels === null ? (
        <AnswerFeedback
          judged={{
            text: answer.text,
            model: answer.model,
            label: scored.label,
            probability: scored.probability,
            requestId: answer.requestId,
          }}
          labels={labelsOf(scored)}
          stale={stale || answer.text !== text}
        />
      ) : null}
      <AnswerFacts answer={answer} base={model?.base} />
    </div>
  );
}

/** Errors in the text itself: retrying doesn't help. */
const TEXT_ERRORS = [413, 422];

function AnswerError({ answer: { error, retrying, retry } }: { answer: Answer }) {
  if (!error) return null;
  const { title, detail, isTemporary, status } = error;
  return (
    <Notice
      title={title}
      detail={detail}
      meanwhile={retrying && isTemporary ? "Your text is safe here. Retrying automatically…" : undefined}
      action={retrying || TEXT_ERRORS.includes(status) ? undefined : { label: "Try again", run: retry }}
    />
  );
}

function Placeholder() {
  return (
    <div className={classes.waiting} aria-hidden="true">
      <Skeleton height={40} width="14rem" maw="70%" />
      <Skeleton height={12} mt={34} />
      <Skeleton height={96} mt={48} />
    </div>
  );
}
