import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { Notice } from "../components/notice";
import { QuietButton } from "../components/quiet-button";
import classes from "./answer-feedback.module.css";
import { policyQuery, useFeedback, type Judged, type Judgement } from "./use-feedback";

interface AnswerFeedbackProps {
  judged: Judged;
  /** All labels of the model. */
  labels: readonly string[];
  /** Whether the answer is of an older text than the one in sight. */
  stale?: boolean;
  /** Told what a person says, when they say it. */
  onSaid?: ((said: Judgement) => void) | undefined;
}

type Step = "ask" | "which" | "thanks";

/** "Was this right?", and what a person says to that. Each answer begins anew. */
export function AnswerFeedback(props: AnswerFeedbackProps) {
  const { text, model, label } = props.judged;
  return <Form key={JSON.stringify([model, label, text])} {...props} />;
}

function Form({ judged, labels, stale = false, onSaid }: AnswerFeedbackProps) {
  const group = useRef<HTMLDivElement>(null);
  const question = useRef<HTMLParagraphElement>(null);
  const [chosen, setChosen] = useState<Step>();
  /** The button that was pressed goes away: the focus must not go with it, nor be taken from one who types again. */
  const go = (next: Step) => {
    setChosen(next);
    if (group.current?.contains(document.activeElement)) question.current?.focus({ preventScroll: true });
  };
  const { receipt, said, send, underway, error, again } = useFeedback(judged, () => go("thanks"));
  const say = (said: Judgement) => {
    onSaid?.(said);
    send(said);
  };
  const step = chosen ?? (receipt ? "thanks" : "ask");
  const [agreed, setAgreed] = useState(false);
  const textsKept = useQuery(policyQuery).data?.texts_kept ?? false;

  const off = underway || stale;
  const withText = agreed && textsKept;
  const asks: Record<Step, string> = {
    ask: "Was this right?",
    which: "What would be right?",
    thanks: `Saved: ${said ? inWords(said) : ""}. ${receipt?.text_kept ? "Your text was stored with it." : "Your text was not stored."}`,
  };

  return (
    <div ref={group} className={classes.feedback} role="group" aria-label="Feedback" data-screen-only>
      <div className={classes.row}>
        <p ref={question} tabIndex={-1} aria-live="polite" className={classes.question}>
          {asks[step]}
        </p>
        {step === "ask" ? (
          <>
            <Answer name="Yes" off={off} onChoose={() => say({ correct: true, withText })} />
            <Answer name="No" off={off} onChoose={() => go("which")} />
          </>
        ) : null}
        {step === "which" ? (
          <>
            {labels
              .filter((label) => label !== judged.label)
              .map((label) => (
                <Answer
                  key={label}
                  name={label}
                  off={off}
                  onChoose={() => say({ correct: false, label, withText })}
                />
              ))}
            <Answer name="None of these" off={off} onChoose={() => say({ correct: false, withText })} />
            <QuietButton onClick={() => go("ask")}>Back</QuietButton>
          </>
        ) : null}
        {step === "thanks" ? <QuietButton onClick={() => go("ask")}>Change it</QuietButton> : null}
        {underway ? <span role="status">Sending…</span> : null}
      </div>
      {step === "thanks" ? null : <Consent textsKept={textsKept} agreed={agreed} onAgree={setAgreed} />}
      {error && step !== "thanks" ? (
        <Notice
          title={`Not saved: ${error.title}`}
          detail={
            said
              ? `${error.detail} The server still has your earlier answer: ${inWords(said)}.`
              : error.detail
          }
          action={error.passes || error.status >= 500 ? { label: "Send it again", run: again } : undefined}
        />
      ) : null}
    </div>
  );
}

const inWords = ({ correct, label }: Judgement): string =>
  correct ? "right" : label === undefined ? "wrong" : `wrong, should be ${label}`;

interface AnswerProps {
  name: string;
  off: boolean;
  onChoose: () => void;
}

/** Stays focusable while it is off: a disabled button would drop the focus. */
function Answer({ name, off, onChoose }: AnswerProps) {
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-disabled={off}
      data-disabled={off || undefined}
      onClick={() => (off ? undefined : onChoose())}
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

/** What is sent; the text is asked for only where the server would keep it. */
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
            Send the text too. Whoever runs this server stores it, can read it, and may train the model on it.
          </span>
        </label>
      ) : (
        <p>We send your answer and the score, never the text.</p>
      )}
      <details>
        <summary>What exactly is sent?</summary>
        <p>
          Your answer, the predicted label, its probability, the model’s version, and the request’s id in the
          server’s log{textsKept ? "; the text only if you check the box" : ""}.
        </p>
      </details>
    </div>
  );
}
