import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { modelsQuery } from "../../api/queries";
import { Choice } from "../../components/choice";
import { ModelChoice } from "../../components/model-choice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import { useFragmentState } from "../../lib/fragment-state";
import { DiscussionSheet } from "./discussion-sheet";
import { draftStore } from "./draft";
import { Result } from "./result";
import { EXPECTED, trackOf } from "./scale-of";
import { commentsOf, guessCut } from "./thread";
import { Trouble } from "./trouble";
import { useOutcomes } from "./use-outcomes";

/** More points than this can't be told apart in the chart, and drawing them is slow. */
const MOST_COMMENTS = 3000;

/** A pasted discussion, comment by comment: where it stands, and where it turned. */
export function DiscussionPage() {
  const { text, cut: chosenCut } = useSyncExternalStore(
    draftStore.subscribe,
    draftStore.snapshot,
    draftStore.snapshot,
  );
  const keeping = useSyncExternalStore(draftStore.subscribe, draftStore.keeping, () => undefined);
  useEffect(() => void draftStore.restore(), []);
  const { values, replace } = useFragmentState();
  const { model: modelName, follow: followed } = values;
  const models = useQuery(modelsQuery);
  const model = models.data?.models.find((each) =>
    modelName === undefined ? each.default : each.name === modelName,
  );
  const cut = useMemo(() => chosenCut ?? guessCut(text), [chosenCut, text]);
  const all = useMemo(() => commentsOf(text, cut), [text, cut]);
  const comments = useMemo(() => all.slice(0, MOST_COMMENTS), [all]);
  const texts = useMemo(() => comments.map((comment) => comment.text), [comments]);
  const outcomes = useOutcomes(texts, model, models.data?.limits);
  const track = trackOf(model ?? EXPECTED, followed);

  return (
    <>
      <PageTitle>A discussion</PageTitle>
      <PageHero title="Paste a discussion. See where it turned.">
        Each comment is scored on its own, in order. Quoted text doesn’t count for the person who quotes it.
        The comments go to this server, which doesn’t store them unless you agree.
      </PageHero>
      <DiscussionSheet
        text={text}
        cut={cut}
        comments={all}
        most={MOST_COMMENTS}
        keeping={keeping}
        onClear={() => {
          draftStore.clear();
          replace({ comment: undefined, average: undefined });
        }}
        choices={
          <>
            <ModelChoice
              names={models.data?.models.map(({ name }) => name) ?? []}
              chosen={model?.name}
              onChoose={(name) => replace({ model: name })}
            />
            {model && !track.isPair ? (
              <Choice
                label="Follow"
                value={track.label}
                options={model.labels.map((label) => ({ value: label, name: label }))}
                onChoose={(label) => replace({ follow: label })}
              />
            ) : null}
          </>
        }
      />
      <Trouble models={models} outcomes={outcomes} comments={comments.length} />
      {comments.length > 0 ? (
        <Result
          comments={comments}
          outcomes={outcomes}
          track={track}
          model={model}
          address={values}
          onChange={replace}
        />
      ) : null}
    </>
  );
}
