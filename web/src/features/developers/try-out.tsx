import { Button } from "@mantine/core";
import { useEffect, useId, useRef, useState, type SyntheticEvent } from "react";

import { Choice } from "../../components/choice";
import { CodeBlock } from "../../components/code-block";
import { Notice } from "../../components/notice";
import { duration } from "../../lib/format";
import { milliseconds } from "../../lib/units";
import type { Endpoint, Example } from "./document";
import { send, type Reply } from "./send";
import classes from "./try-out.module.css";

interface TryOutProps {
  endpoint: Endpoint;
  apiKey: string;
  /** Initial values of parameters, by name. */
  given: Record<string, string>;
}

type Outcome =
  | { kind: "none" }
  | { kind: "sending" }
  | { kind: "reply"; reply: Reply }
  | { kind: "no-answer" }
  | { kind: "invalid-key" };

/** Characters allowed in a header; with others the browser fails as if the server didn't answer. */
const HEADER_CHARACTERS = /^[\x20-\x7e]*$/;

/** A form that sends the request to this server exactly as written. */
export function TryOut({ endpoint, apiKey, given }: TryOutProps) {
  const { parameters, body } = endpoint;
  const [values, setValues] = useState(given);
  const [text, setText] = useState(() => indented(body?.examples[0]?.value ?? {}));
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });
  const call = useRef<AbortController>(undefined);
  useEffect(() => () => call.current?.abort(), []);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    call.current?.abort();
    if (!HEADER_CHARACTERS.test(apiKey)) {
      setOutcome({ kind: "invalid-key" });
      return;
    }
    const stop = new AbortController();
    call.current = stop;
    setOutcome({ kind: "sending" });
    send(endpoint, { values, body: text, key: apiKey }, stop.signal)
      .then((reply) => setOutcome({ kind: "reply", reply }))
      .catch(() => {
        if (!stop.signal.aborted) setOutcome({ kind: "no-answer" });
      });
  };

  return (
    <form className={classes.form} onSubmit={submit}>
      {parameters.map(({ name, in: where, required, schema }) => (
        <label key={name} className={classes.parameter}>
          <code>{name}</code>
          <input
            required={required ?? where === "path"}
            value={values[name] ?? ""}
            placeholder={schema.default === undefined ? "" : JSON.stringify(schema.default)}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      {body ? <BodyField examples={body.examples} text={text} onText={setText} /> : null}
      <Button type="submit" loading={outcome.kind === "sending"}>
        Send
      </Button>
      <div role="status">{outcome.kind === "reply" ? <ReplyView reply={outcome.reply} /> : null}</div>
      <Failure outcome={outcome} />
    </form>
  );
}

const indented = (value: unknown): string => JSON.stringify(value, null, 2);

interface BodyFieldProps {
  examples: readonly Example[];
  text: string;
  onText: (text: string) => void;
}

/** The request's body, with a choice of examples. */
function BodyField({ examples, text, onText }: BodyFieldProps) {
  const id = useId();
  return (
    <>
      <div className={classes.head}>
        <label htmlFor={id}>Body (JSON)</label>
        {examples.length > 1 ? (
          <Choice
            label="Example"
            value={examples.find(({ value }) => indented(value) === text)?.name ?? ""}
            options={[{ value: "", name: "custom" }, ...examples.map(({ name }) => ({ value: name, name }))]}
            onChoose={(name) => {
              const chosen = examples.find((example) => example.name === name);
              if (chosen) onText(indented(chosen.value));
            }}
          />
        ) : null}
      </div>
      <textarea
        id={id}
        rows={Math.min(14, text.split("\n").length + 1)}
        spellCheck={false}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </>
  );
}

/** Says why there is no response. */
function Failure({ outcome }: { outcome: Outcome }) {
  if (outcome.kind === "invalid-key") {
    return (
      <Notice
        title="This API key is invalid"
        detail="API keys contain only ASCII characters. Copy the whole key again."
      />
    );
  }
  if (outcome.kind === "no-answer") {
    return (
      <Notice
        title="The server doesn’t answer"
        detail="It may be restarting, or you may be offline. Try again."
      />
    );
  }
  return null;
}

function ReplyView({ reply: { status, statusText, tookMs, headers, body, cut } }: { reply: Reply }) {
  return (
    <div className={classes.reply}>
      <p>
        <strong data-good={status < 400 || undefined}>
          {status} {statusText}
        </strong>{" "}
        in {duration(milliseconds(tookMs))}
      </p>
      <dl>
        {headers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {body === "" ? <p>The response has no body.</p> : <CodeBlock code={body} label="Response" />}
      {cut ? <p>The rest is not shown.</p> : null}
    </div>
  );
}
