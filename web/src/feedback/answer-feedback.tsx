import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import type { ApiError } from "../api/client";
import { Notice } from "../components/notice";
import { QuietButton } from "../components/quiet-button";
import classes from "./answer-feedback.module.css";
import { policyQuery, useFeedback, type JudgedAnswer, type Judgement } from "./use-feedback";

interface AnswerFeedbackProps {
  judged: JudgedAnswer;
  /** All labels of the model. */
  labels: readonly string[];
  /** Whether the answer belongs to an older text. */
  stale?: boolean;
  /** Called with every judgement, before it is sent. */
  onJudgement?: ((judgement: Judgement) => void) | undefined;
}

type Step = "ask" | "which" | "thanks";

/** Asks whether an answer is correct and sends the feedback. The form starts over for each answer. */
export function AnswerFeedback(props: AnswerFeedbackProps) {
  const { text, model, label } = props.judged;
  return <FeedbackForm key={JSON.stringify([model, label, text])} {...props} />;
}

function FeedbackForm({ judged, labels, stale = false, onJudgement }: AnswerFeedbackProps) {
  const group = useRef<HTMLDivElement>(null);
  const question = useRef<HTMLParagraphElement>(null);
  const [chosen, setChosen] = useState<Step>();
  /** The pressed button disappears, so the focus moves to the question, unless the user has moved on. */
  const go = (next: Step) => {
    setChosen(next);
    if (group.current?.contains(document.activeElement)) question.current?.focus({ preventScroll: true });
  };
  const { receipt, saved, send, isSending, error, resend } = useFeedback(judged, () => go("thanks"));
  const submit = (judgement: Judgement) => {
    onJudgement?.(judgement);
    send(judgement);
  };
  const step = chosen ?? (receipt ? "thanks" : "ask");
  const [agreed, setAgreed] = useState(false);
  const textsKept = useQuery(policyQuery).data?.texts_kept ?? false;

  const disabled = isSending || stale;
  const withText = agreed && textsKept;
  const questions: Record<Step, string> = {
    ask: "Is this correct?",
    which: "Which label is correct?",
    thanks: `Saved: ${saved ? describe(saved) : ""}. ${receipt?.text_kept ? "Your text was stored with it." : "Your text was not stored."}`,
  };

  return (
    <div ref={group} className={classes.feedback} role="group" aria-label="Feedback" data-screen-only>
      <div className={classes.row}>
        <p ref={question} tabIndex={-1} aria-live="polite" className={classes.question}>
          {questions[step]}
        </p>
        {step === "ask" ? (
          <>
            <Answer name="Yes" disabled={disabled} onChoose={() => submit({ correct: true, withText })} />
            <Answer name="No" disabled={disabled} onChoose={() => go("which")} />
          </>
        ) : null}
        {step === "which" ? (
          <LabelChoice
            labels={labels.filter((label) => label !== judged.label)}
            disabled={disabled}
            onChoose={(label) =>
              submit(label === undefined ? { correct: false, withText } : { correct: false, label, withText })
            }
            onBack={() => go("ask")}
          />
        ) : null}
        {step === "thanks" ? <QuietButton onClick={() => go("ask")}>Change</QuietButton> : null}
        {isSending ? <span role="status">Sending…</span> : null}
      </div>
      {step === "thanks" ? null : <Consent textsKept={textsKept} agreed={agreed} onAgree={setAgreed} />}
      {error && step !== "thanks" ? <NotSaved error={error} saved={saved} onRetry={resend} /> : null}
    </div>
  );
}

const describe = ({ correct, label }: Judgement): string =>
  correct ? "correct" : label === undefined ? "wrong" : `wrong, should be ${label}`;

interface NotSavedProps {
  error: ApiError;
  /** What the server has stored before. */
  saved: Judgement | undefined;
  onRetry: () => void;
}

function NotSaved({ error, saved, onRetry }: NotSavedProps) {
  const { title, detail, isTemporary, status } = error;
  return (
    <Notice
      title={`Not saved: ${title}`}
      detail={saved ? `${detail} The server still has your previous answer: ${describe(saved)}.` : detail}
      action={isTemporary || status >= 500 ? { label: "Try again", run: onRetry } : undefined}
    />
  );
}

interface LabelChoiceProps {
  labels: readonly string[];
  disabled: boolean;
  /** Undefined: none of the labels. */
  onChoose: (label: string | undefined) => void;
  onBack: () => void;
}

/** Asks for the correct label. */
function LabelChoice({ labels, disabled, onChoose, onBack }: LabelChoiceProps) {
  return (
    <>
      {labels.map((label) => (
        <Answer key={label} name={label} disabled={disabled} onChoose={() => onChoose(label)} />
      ))}
      <Answer name="None of these" disabled={disabled} onChoose={() => onChoose(undefined)} />
      <QuietButton onClick={onBack}>Back</QuietButton>
    </>
  );
}

interface AnswerProps {
  name: string;
  disabled: boolean;
  onChoose: () => void;
}

/** Stays focusable while disabled: a disabled button would lose the focus. */
function Answer({ name, disabled, onChoose }: AnswerProps) {
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-disabled={disabled}
      data-disabled={disabled || undefined}
      onClick={() => (disabled ? undefined : onChoose())}
    >
      {name}
    </Button>
  );
}

interface ConsentProps {
  textsKept: boolean;
  agreed: boolean;
  onAgree: (agreed: boolean) => void;
}

/** Says what is sent, and asks for the text only if the server would store it. */
function Consent({ textsKept, agreed, onAgree }: ConsentProps) {
  return (
    <div className={classes.sent}>
      {textsKept ? (
        <label>
          <input
            type="checkbox"
            checked={agreed}
            onChange={(event) => onAgree(event.currentTarget.checked)}
          />
          <span>
            Send the text too. The server’s administrator can read it and may train the model on it.
          </span>
        </label>
      ) : (
        <p>We send your answer and the score, never the text.</p>
      )}
      <details>
        <summary>What exactly is sent?</summary>
        <p>
          Your answer, the predicted label, its probability, the model’s version, and the request ID
          {textsKept ? ". The text only if you check the box" : ""}.
        </p>
      </details>
    </div>
  );
}
