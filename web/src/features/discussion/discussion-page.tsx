import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { modelsQuery } from "../../api/queries";
import { Choice } from "../../components/choice";
import { ModelChoice } from "../../components/model-choice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import { useFragmentState, type FragmentState } from "../../lib/fragment-state";
import { DiscussionSheet } from "./discussion-sheet";
import { draftStore } from "./draft";
import { Result } from "./result";
import { SharedDraft } from "./shared-draft";
import { DEFAULT_LABELS, trackOf } from "./track";
import { ScoringErrors } from "./scoring-errors";
import { useComments } from "./use-comments";
import { useOutcomes } from "./use-outcomes";

/** More points couldn't be told apart in the chart, and would be slow to draw. */
const MAX_COMMENTS = 3000;

/** Scores a pasted discussion comment by comment and shows where it turned. */
export function DiscussionPage() {
  const { draft, keeping } = useDraft();
  const { comments: all, ...reading } = useComments(draft);
  const comments = useMemo(() => all.slice(0, MAX_COMMENTS), [all]);
  const address = useFragmentState();
  const { values, replace } = address;
  const models = useQuery(modelsQuery);
  const model = models.data?.models.find((candidate) =>
    values["model"] === undefined ? candidate.default : candidate.name === values["model"],
  );
  const outcomes = useOutcomes(comments, model, models.data?.limits);
  const track = trackOf(model ?? DEFAULT_LABELS, values["follow"]);

  return (
    <>
      <PageTitle>Discussion</PageTitle>
      <PageHero title="Paste a discussion. See where it turned.">
        Each comment is scored on its own, without quotes, code and signatures. The comments are sent to this
        server, which doesn’t store them unless you agree.
      </PageHero>
      <SharedDraft address={address} />
      <DiscussionSheet
        draft={draft}
        keeping={keeping}
        read={reading.read}
        comments={all}
        most={MAX_COMMENTS}
        onClear={() => clear(replace)}
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
      <ScoringErrors models={models} reading={reading.query} outcomes={outcomes} comments={comments.length} />
      {comments.length > 0 ? (
        <Result
          draft={draft}
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

function clear(replace: FragmentState["replace"]): void {
  draftStore.clear();
  replace({ comment: undefined, average: undefined, sort: undefined });
}

/** The pasted text, and whether this browser stores it. */
function useDraft() {
  const draft = useSyncExternalStore(draftStore.subscribe, draftStore.snapshot, draftStore.snapshot);
  const keeping = useSyncExternalStore(draftStore.subscribe, draftStore.keeping, () => undefined);
  useEffect(() => void draftStore.restore(), []);
  return { draft, keeping };
}
