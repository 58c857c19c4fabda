import { Skeleton } from "@mantine/core";
import type { Ref } from "react";

import type { ModelSummary } from "../../api/generated";
import { Notice } from "../../components/notice";
import { Scale } from "../../components/scale";
import { SlowNotice } from "../../components/slow-notice";
import { AnswerFeedback } from "../../feedback/answer-feedback";
import { probabilityOf } from "../../lib/labels";
import { probability } from "../../lib/units";
import { Facts } from "./facts";
import { Invitation } from "./invitation";
import { LabelBars } from "./label-bars";
import { endsOfAnswer, labelsOf } from "./logic";
import { PullLists } from "./pull-lists";
import classes from "./reading.module.css";
import type { Answer } from "./use-answer";
import { Verdict } from "./verdict";

interface ReadingProps {
  ref?: Ref<HTMLDivElement>;
  text: string;
  answer: Answer;
  model: ModelSummary | undefined;
  pointed: number | undefined;
  onPoint: (start: number | undefined) => void;
  onExample: (text: string) => void;
}

/** What the model makes of the text, in each of its states. */
export function Reading(props: ReadingProps) {
  const { ref, text, answer, model, onExample } = props;
  return (
    <div
      ref={ref}
      className={classes.reading}
      role="region"
      aria-label="Answer"
      tabIndex={-1}
      aria-busy={answer.pending}
    >
      {answer.error ? <Trouble answer={answer} /> : <SlowNotice waiting={answer.pending} />}
      {text.trim() === "" ? <Invitation model={model} onExample={onExample} /> : <Result {...props} />}
    </div>
  );
}

function Result({ text, answer: { answer, pulls, weighing, error }, model, pointed, onPoint }: ReadingProps) {
  if (!answer) return error ? null : <Waiting />;
  const { scored } = answer;
  const ends = endsOfAnswer(scored);
  const sureFrom = model ? probability(model.sure_from) : undefined;
  return (
    <>
      <Verdict scored={scored} sureFrom={sureFrom} />
      {ends ? (
        <Scale ends={ends} value={probabilityOf(scored.probabilities, ends.right)} sureFrom={sureFrom} />
      ) : (
        <LabelBars scored={scored} model={model} />
      )}
      <PullLists scored={scored} pulls={pulls} weighing={weighing} pointed={pointed} onPoint={onPoint} />
      {/* What is kept of a judgement is one label. */}
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
          stale={answer.text !== text}
        />
      ) : null}
      <Facts answer={answer} base={model?.base} />
    </>
  );
}

function Trouble({ answer: { error, retrying, retry } }: { answer: Answer }) {
  if (!error) return null;
  return (
    <Notice
      title={error.title}
      detail={error.detail}
      meanwhile={retrying && error.passes ? "Your text is safe here. Trying again by itself…" : undefined}
      action={retrying || !error.passes ? undefined : { label: "Try again", run: retry }}
    />
  );
}

function Waiting() {
  return (
    <div className={classes.waiting} aria-hidden="true">
      <Skeleton height={40} width="14rem" maw="70%" />
      <Skeleton height={12} mt={34} />
      <Skeleton height={96} mt={48} />
    </div>
  );
}
