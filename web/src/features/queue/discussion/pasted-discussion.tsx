import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";

import type { DiscussionResponse } from "../../../api/generated";
import { modelsQuery } from "../../../api/queries";
import { Choice } from "../../../components/choice";
import { ModelChoice } from "../../../components/model-choice";
import type { FragmentState } from "../../../lib/fragment-state";
import { DiscussionSheet } from "./discussion-sheet";
import { draftStore, type Draft } from "./draft";
import { Result } from "./result";
import { SharedDraft } from "./shared-draft";
import { DEFAULT_LABELS, trackOf } from "./track";
import { ScoringErrors } from "./scoring-errors";
import { useComments } from "./use-comments";
import { useOutcomes } from "./use-outcomes";

/** More points couldn't be told apart in the chart, and would be slow to draw. */
const MAX_COMMENTS = 3000;

interface PastedDiscussionProps {
  address: FragmentState;
  /** Name of the model to score with, unless another is chosen. */
  preferred?: string;
  /** What can be done with the discussion, below its text. */
  actions?: (draft: Draft, read: DiscussionResponse) => ReactNode;
}

/** A pasted discussion, scored comment by comment. */
export function PastedDiscussion({ address, preferred, actions }: PastedDiscussionProps) {
  const { draft, keeping } = useDraft();
  const { comments: all, ...reading } = useComments(draft);
  const comments = useMemo(() => all.slice(0, MAX_COMMENTS), [all]);
  const { values, replace } = address;
  const models = useQuery(modelsQuery);
  const model = [values["model"], preferred]
    .map((name) => models.data?.models.find((candidate) => candidate.name === name))
    .concat(models.data?.models.find((candidate) => candidate.default))
    .find((candidate) => candidate !== undefined);
  const outcomes = useOutcomes(comments, model, models.data?.limits);
  const track = trackOf(model ?? DEFAULT_LABELS, values["follow"]);

  return (
    <>
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
      {actions && reading.read && reading.read.comments.length > 0 ? actions(draft, reading.read) : null}
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
