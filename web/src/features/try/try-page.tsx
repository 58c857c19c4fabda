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
  const limit = models?.limits.max_text_chars;
  const answer = useAnswer(text, model, limit);
  const [pointed, setPointed] = useState<number>();
  const reading = useRef<HTMLDivElement>(null);
  const chosen = models?.models.find((each) => (model === undefined ? each.default : each.name === model));

  /** What was pressed goes away, and the focus with it. Not to the field: on a phone its keyboard hides the answer. */
  const focusReading = () => reading.current?.focus({ preventScroll: true });
  const putText = (next: string) => {
    change({ text: next });
    focusReading();
  };
  const retry = () => {
    answer.retry();
    focusReading();
  };

  return (
    <>
      <PageTitle>Try it</PageTitle>
      <PageHero title="Type a sentence. See which words tip it.">
        Runs on your own server. Scores as you type. Nothing is stored.
      </PageHero>
      <section aria-label="The classifier" className={`${shared.card} ${shared.raised}`}>
        <TextSheet
          text={text}
          answer={answer}
          limit={limit}
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
          answer={{ ...answer, retry }}
          model={chosen}
          limit={limit}
          pointed={pointed}
          onPoint={setPointed}
          onText={putText}
        />
      </section>
      <InCode text={text} model={model} />
      <Announcement answer={answer} />
    </>
  );
}
