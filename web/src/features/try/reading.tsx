import { Skeleton } from "@mantine/core";
import type { Ref } from "react";

import type { ModelSummary } from "../../api/generated";
import { Notice } from "../../components/notice";
import { Scale } from "../../components/scale";
import { SlowNotice } from "../../components/slow-notice";
import { AnswerFeedback } from "../../feedback/answer-feedback";
import { probabilityOf } from "../../lib/labels";
import { useLasting } from "../../lib/use-lasting";
import { probability } from "../../lib/units";
import { ExampleNote } from "./example-note";
import { Facts } from "./facts";
import { Invitation } from "./invitation";
import { LabelBars } from "./label-bars";
import { endsOfAnswer, labelsOf } from "./logic";
import { PullLists } from "./pull-lists";
import classes from "./reading.module.css";
import { TooLong } from "./too-long";
import type { Answer } from "./use-answer";
import { Verdict } from "./verdict";

/** An answer to an earlier text stands no longer than this without saying so; most answers come sooner. */
const CHECKING_MS = 250;

interface ReadingProps {
  ref?: Ref<HTMLDivElement>;
  text: string;
  answer: Answer;
  model: ModelSummary | undefined;
  /** The most characters that the server takes in one text, once it is known. */
  limit: number | undefined;
  pointed: number | undefined;
  onPoint: (start: number | undefined) => void;
  /** Puts another text in place of the one that is there. */
  onText: (text: string) => void;
}

/** What the model makes of the text, in each of its states. */
export function Reading(props: ReadingProps) {
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
      {answer.error ? <Trouble answer={answer} /> : <SlowNotice waiting={answer.pending} />}
      {answer.tooLong && limit !== undefined ? <TooLong text={text} limit={limit} onText={onText} /> : null}
      {text.trim() === "" ? <Invitation model={model} onExample={onText} /> : <Result {...props} />}
    </div>
  );
}

/** Where there is trouble, the answer to an earlier text is not shown at all: no newer one may come for a while. */
function Result({ text, answer: state, model, pointed, onPoint }: ReadingProps) {
  const { answer, stale, pulls, weighing, error, tooLong } = state;
  const checking = useLasting(stale && answer !== undefined, CHECKING_MS);
  if (tooLong) return null;
  if (!answer || (error && stale)) return error ? null : <Waiting />;
  const { scored } = answer;
  const ends = endsOfAnswer(scored);
  const sureFrom = model ? probability(model.sure_from) : undefined;
  return (
    <div className={classes.result} data-checking={checking || undefined}>
      {checking ? <p className={classes.checking}>Checking…</p> : null}
      <Verdict scored={scored} sureFrom={sureFrom} />
      <ExampleNote text={answer.text} scored={scored} />
      {ends ? (
        <Scale ends={ends} value={probabilityOf(scored.probabilities, ends.right)} sureFrom={sureFrom} />
      ) : (
        <LabelBars scored={scored} model={model} />
      )}
      <PullLists
        scored={scored}
        pulls={pulls}
        weighing={weighing}
        pointed={pointed}
        onPoint={stale ? undefined : onPoint}
      />
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
          stale={stale || answer.text !== text}
        />
      ) : null}
      <Facts answer={answer} base={model?.base} />
    </div>
  );
}

/** What is wrong with the text itself stays wrong until it is changed. */
const TEXT_FAULTS = [413, 422];

function Trouble({ answer: { error, retrying, retry } }: { answer: Answer }) {
  if (!error) return null;
  const { title, detail, passes, status } = error;
  return (
    <Notice
      title={title}
      detail={detail}
      meanwhile={retrying && passes ? "Your text is safe here. Retrying automatically…" : undefined}
      action={retrying || TEXT_FAULTS.includes(status) ? undefined : { label: "Try again", run: retry }}
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
