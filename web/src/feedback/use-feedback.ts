import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { asApiError, dataOf, type ApiError } from "../api/client";
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
  /** What the server has, as of the receipt: what is shown as saved is this and nothing else. */
  said: Judgement | undefined;
}

const unsaid = (): Memory => ({ id: uuid(), receipt: undefined, said: undefined });

/** Lives in this tab alone: it begins as "unsaid", and only what the server takes changes it. */
const memoryQuery = ({ text, model, label }: Judged) =>
  queryOptions({
    queryKey: ["feedback", model, label, text],
    queryFn: unsaid,
    initialData: unsaid,
    staleTime: Infinity,
    gcTime: REMEMBERED_MS,
  });

/** What could not be sent after its form was gone, so that nobody has been told yet. */
export interface Unsent {
  judged: Judged;
  judgement: Judgement;
  error: ApiError;
}

const unsentQuery = queryOptions({
  queryKey: ["unsent-feedback"],
  queryFn: (): Unsent[] => [],
  initialData: (): Unsent[] => [],
  staleTime: Infinity,
  gcTime: Infinity,
});

/** Sends one judgement and remembers the receipt. Rejects with an ApiError. */
async function deliver(queries: QueryClient, judged: Judged, said: Judgement): Promise<void> {
  const { queryKey } = memoryQuery(judged);
  const { id } = queries.getQueryData(queryKey) ?? unsaid();
  const receipt = await dataOf(
    sendFeedback({
      body: {
        id,
        model: judged.model,
        predicted: judged.label,
        probability: judged.probability,
        correct: said.correct,
        label: said.label ?? null,
        text: said.withText ? judged.text : null,
        consent: said.withText,
        request_id: judged.requestId ?? null,
      },
    }),
  );
  queries.setQueryData(queryKey, { id, receipt, said });
}

const sending = {
  networkMode: "always",
  retry: (failures: number, error: Error) => failures < TRIES && asApiError(error).passes,
  retryDelay: pauseMs,
} as const;

/** Sends what a person says about an answer, and remembers that it was said while the page stays open. */
export function useFeedback(judged: Judged, onKept: () => void) {
  const queries = useQueryClient();
  const { receipt, said } = useQuery(memoryQuery(judged)).data;
  const shown = useShown();
  const delivery = useMutation({
    ...sending,
    mutationFn: (judgement: Judgement) => deliver(queries, judged, judgement),
    onSuccess: onKept,
    onError: (error, judgement) => {
      if (shown.current) return; // the form says it
      const unsent = { judged, judgement, error: asApiError(error) };
      queries.setQueryData(unsentQuery.queryKey, (list = []) => [...list, unsent]);
    },
  });
  const { variables } = delivery;
  return {
    receipt,
    said,
    send: delivery.mutate,
    underway: delivery.isPending,
    error: delivery.isError ? asApiError(delivery.error) : undefined,
    again: () => {
      if (variables) delivery.mutate(variables);
    },
  };
}

/** Whether the component is still on the page. */
function useShown() {
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  return shown;
}

/** What was not sent, with ways to send it again and to let it go. */
export function useUnsent() {
  const queries = useQueryClient();
  const list = useQuery(unsentQuery).data;
  const put = (change: (list: Unsent[]) => Unsent[]) =>
    queries.setQueryData(unsentQuery.queryKey, (before = []) => change(before));
  const drop = (gone: Unsent) => put((before) => before.filter((each) => each !== gone));
  const delivery = useMutation({
    ...sending,
    mutationFn: ({ judged, judgement }: Unsent) => deliver(queries, judged, judgement),
    onSuccess: (_, sent) => drop(sent),
    onError: (error, unsent) =>
      put((before) => before.map((each) => (each === unsent ? { ...each, error: asApiError(error) } : each))),
  });
  return { list, send: delivery.mutate, underway: delivery.isPending, drop };
}
