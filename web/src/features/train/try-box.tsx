import { VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { asApiError } from "../../api/client";
import { trialQuery } from "../../api/classifiers";
import type { Classifier, Scored, Version } from "../../api/generated";
import { announcementOf, nameOf, sidesOf, strongest, wordEffectsOf } from "../../explanation/effects";
import { MarkedText } from "../../explanation/marked-text";
import { percent } from "../../lib/format";
import { probability } from "../../lib/units";
import classes from "./try-box.module.css";

const TYPING_PAUSE_MS = 300;

interface TryBoxProps {
  classifier: Classifier;
  version: Version;
}

/** A sentence to try the version on, published or not. It isn't stored. */
export function TryBox({ classifier, version }: TryBoxProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text, TYPING_PAUSE_MS);
  const trial = useQuery({
    ...trialQuery(classifier.name, version, typed),
    placeholderData: keepPreviousData,
  });
  const result = typed.trim() === "" ? undefined : trial.data?.results[0];
  const isOld = trial.isPlaceholderData || typed !== text;
  return (
    <div className={classes.box}>
      <label htmlFor={id}>Try a sentence</label>
      <input
        id={id}
        type="text"
        dir="auto"
        autoComplete="off"
        value={text}
        placeholder="You clearly didn’t read it."
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {trial.error ? <p role="alert">{asApiError(trial.error).detail}</p> : null}
      {result?.kind === "error" ? <p role="alert">{result.error.detail}</p> : null}
      {result?.kind === "scored" ? <Answer text={typed} scored={result} isOld={isOld} /> : null}
    </div>
  );
}

/** The label, and the words that decide. */
function Answer({ text, scored, isOld }: { text: string; scored: Scored; isOld: boolean }) {
  const effects = isOld ? [] : wordEffectsOf(text, scored);
  const sides = sidesOf(scored);
  const words = (["right", "left"] as const).flatMap((side) => {
    const [first] = strongest(effects, side);
    return first ? [`“${first.word}” ${sides[side].toLowerCase()}`] : [];
  });
  return (
    <div className={classes.answer} data-old={isOld || undefined}>
      <p className={classes.verdict}>
        <b>{nameOf(scored)}</b> {percent(probability(scored.probability))}
        {scored.sure ? "" : ", not sure"}
      </p>
      <div className={classes.marked}>
        <MarkedText text={text} effects={effects} sides={undefined} highlighted={undefined} />
      </div>
      <p className={classes.words}>{words.length > 0 ? `Strongest: ${words.join("; ")}.` : ""}</p>
      <VisuallyHidden role="status">{isOld ? "" : announcementOf(scored, effects)}</VisuallyHidden>
    </div>
  );
}
