import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { modelsQuery } from "../../api/queries";
import { ModelChoice } from "../../components/model-choice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import shared from "../../components/shared.module.css";
import { fragmentOf } from "../../lib/fragment";
import { paths } from "../../lib/paths";
import { useOrigin } from "../../lib/taken-over";
import { Announcement } from "./announcement";
import { InCode } from "./in-code";
import { Reading } from "./reading";
import { TextSheet } from "./text-sheet";
import { useAnswer } from "./use-answer";
import { useTryState } from "./use-try-state";

export function TryPage() {
  const [{ text, model }, change] = useTryState();
  const origin = useOrigin();
  const models = useQuery(modelsQuery).data;
  const answer = useAnswer(text, model);
  const [pointed, setPointed] = useState<number>();
  const reading = useRef<HTMLDivElement>(null);
  const chosen = models?.models.find((each) => (model === undefined ? each.default : each.name === model));

  const putExample = (example: string) => {
    change({ text: example });
    reading.current?.focus({ preventScroll: true }); // not the field: on a phone its keyboard would hide the answer
  };

  return (
    <>
      <PageTitle>Try it</PageTitle>
      <PageHero title="Type a sentence. See which words tip it.">
        An encoder reads, one small final layer decides, and the answer comes as you type.
      </PageHero>
      <section aria-label="The classifier" className={`${shared.card} ${shared.raised}`}>
        <TextSheet
          text={text}
          answer={answer}
          limit={models?.limits.max_text_chars}
          pointed={pointed}
          onPoint={setPointed}
          onText={(next) => change({ text: next })}
          link={`${origin}${paths.tryIt}${fragmentOf({ text, model })}`}
          choice={
            <ModelChoice
              names={models?.models.map(({ name }) => name) ?? []}
              chosen={chosen?.name}
              onChoose={(name) => change({ model: name })}
            />
          }
        />
        <Reading
          ref={reading}
          text={text}
          answer={answer}
          model={chosen}
          pointed={pointed}
          onPoint={setPointed}
          onExample={putExample}
        />
      </section>
      <InCode text={text} model={model} />
      <Announcement answer={answer} />
    </>
  );
}
