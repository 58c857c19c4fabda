import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { modelsQuery } from "../../api/queries";
import { ModelChoice } from "../../components/model-choice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import shared from "../../components/shared.module.css";
import { fragmentOf } from "../../lib/fragment";
import { paths } from "../../lib/paths";
import { useOrigin } from "../../lib/hydration";
import { Announcement } from "./announcement";
import { ApiExample } from "./api-example";
import { AnswerPanel } from "./answer-panel";
import { TeachInvitation } from "./teach-invitation";
import { TextSheet } from "./text-sheet";
import { useAnswer } from "./use-answer";
import { useTryState } from "./use-try-state";

export function TryPage() {
  const [{ text, model }, change] = useTryState();
  const origin = useOrigin();
  const models = useQuery(modelsQuery).data;
  const limit = models?.limits.max_text_chars;
  const answer = useAnswer(text, model, limit);
  const [highlighted, setHighlighted] = useState<number>();
  const panel = useRef<HTMLDivElement>(null);
  const chosen = models?.models.find((candidate) =>
    model === undefined ? candidate.default : candidate.name === model,
  );

  /**
   * The pressed button disappears, so the focus moves here. Not to the field: on a phone the keyboard would hide the
   * answer.
   */
  const focusPanel = () => panel.current?.focus({ preventScroll: true });
  const putText = (next: string) => {
    change({ text: next });
    focusPanel();
  };
  const retry = () => {
    answer.retry();
    focusPanel();
  };

  return (
    <>
      <PageTitle>Try it</PageTitle>
      <PageHero title="Type a sentence. See which words decide." action={<TeachInvitation />}>
        Runs on your own server. Scores as you type. Nothing is stored.
      </PageHero>
      <section aria-label="The classifier" className={`${shared.card} ${shared.raised}`}>
        <TextSheet
          text={text}
          answer={answer}
          limit={limit}
          highlighted={highlighted}
          onHighlight={setHighlighted}
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
        <AnswerPanel
          ref={panel}
          text={text}
          answer={{ ...answer, retry }}
          model={chosen}
          limit={limit}
          highlighted={highlighted}
          onHighlight={setHighlighted}
          onText={putText}
        />
      </section>
      <ApiExample text={text} model={model} />
      <Announcement answer={answer} />
    </>
  );
}
