import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { asApiError, dataOf } from "../api/client";
import { feedbackPolicy, sendFeedback, type FeedbackReceipt, type ModelVersion } from "../api/generated";
import { pauseMs, retrying } from "../api/retrying";
import { uuid } from "../lib/uuid";

/** A person waits for this one: after so many tries the page says what is wrong and offers a button. */
const TRIES = 2;
const REMEMBERED_MS = 3_600_000;

export const policyQuery = queryOptions({
  queryKey: ["feedback-policy"],
  queryFn: ({ signal }) => dataOf(feedbackPolicy({ signal })),
  staleTime: Infinity,
  ...retrying,
});

/** An answer that a person may judge. */
export interface Judged {
  text: string;
  model: ModelVersion;
  label: string;
  /** Of the label, 0 to 1. */
  probability: number;
  /** Of the answer, as the server's log has it; undefined where it came without one. */
  requestId: string | undefined;
}

/** What a person said about it. */
export interface Judgement {
  correct: boolean;
  /** The right label, where the answer's was wrong and the person knows it. */
  label?: string;
  /** Whether the text may be sent along, to be kept. */
  withText: boolean;
}

/** What is known in this tab of one answer's feedback. */
interface Memory {
  /** The same for each try and each change of mind, so that the server keeps one entry. */
  id: string;
  receipt: FeedbackReceipt | undefined;
}

const unsaid = (): Memory => ({ id: uuid(), receipt: undefined });

/** Lives in this tab alone: it begins as "unsaid", and only what the server takes changes it. */
const memoryQuery = ({ text, model, label }: Judged) =>
  queryOptions({
    queryKey: ["feedback", model, label, text],
    queryFn: unsaid,
    initialData: unsaid,
    staleTime: Infinity,
    gcTime: REMEMBERED_MS,
  });

/** Sends what a person says about an answer, and remembers that it was said while the page stays open. */
export function useFeedback(judged: Judged, onKept: () => void) {
  const queries = useQueryClient();
  const memory = memoryQuery(judged);
  const { id, receipt } = useQuery(memory).data;
  const sending = useMutation({
    networkMode: "always",
    mutationFn: ({ correct, label, withText }: Judgement) =>
      dataOf(
        sendFeedback({
          body: {
            id,
            model: judged.model,
            predicted: judged.label,
            probability: judged.probability,
            correct,
            label: label ?? null,
            text: withText ? judged.text : null,
            consent: withText,
            request_id: judged.requestId ?? null,
          },
        }),
      ),
    retry: (failures, error) => failures < TRIES && asApiError(error).passes,
    retryDelay: pauseMs,
    onSuccess: (kept) => {
      queries.setQueryData(memory.queryKey, { id, receipt: kept });
      onKept();
    },
  });
  const { variables } = sending;
  return {
    receipt,
    send: sending.mutate,
    underway: sending.isPending,
    error: sending.isError ? asApiError(sending.error) : undefined,
    again: () => {
      if (variables) sending.mutate(variables);
    },
  };
}
