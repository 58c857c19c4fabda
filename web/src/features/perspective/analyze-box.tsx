import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";

import { analyze } from "../../api/attributes";
import { CodeBlock } from "../../components/code-block";
import { Notice } from "../../components/notice";
import { SlowNotice } from "../../components/slow-notice";
import classes from "./attributes.module.css";

/** A comment, and the answer as Perspective's clients get it. */
export function AnalyzeBox({ attributes }: { attributes: readonly string[] }) {
  const id = useId();
  const [text, setText] = useState("");
  const asking = useMutation({
    networkMode: "always",
    mutationFn: () => analyze(text, attributes),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() !== "" && !asking.isPending) asking.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.box}>
      <label htmlFor={id}>Try a comment</label>
      <div className={classes.ask}>
        <input
          id={id}
          value={text}
          dir="auto"
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={text.trim() === "" || asking.isPending}>
          Analyze
        </Button>
      </div>
      <SlowNotice waiting={asking.isPending} />
      {asking.error ? (
        <Notice
          title="The server doesn’t answer"
          detail="It may be restarting, or you may be offline. Try again."
        />
      ) : null}
      <div role="status">
        {asking.data ? <CodeBlock label="Answer in Perspective’s form" code={asking.data} /> : null}
      </div>
    </form>
  );
}
