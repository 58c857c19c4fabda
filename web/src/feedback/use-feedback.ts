import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { asApiError, dataOf, type ApiError } from "../api/client";
import { feedbackPolicy, sendFeedback, type FeedbackReceipt, type ModelVersion } from "../api/generated";
import { retryDelayMs, retryOptions } from "../api/retry";
import { uuid } from "../lib/uuid";

/** The user is waiting, so after this many retries the page shows the error and a button. */
const TRIES = 2;
const REMEMBERED_MS = 3_600_000;

export const policyQuery = queryOptions({
  queryKey: ["feedback-policy"],
  queryFn: ({ signal }) => dataOf(feedbackPolicy({ signal })),
  staleTime: Infinity,
  ...retryOptions,
});

/** An answer to give feedback on. */
export interface JudgedAnswer {
  text: string;
  model: ModelVersion;
  label: string;
  /** The label's probability, 0 to 1. */
  probability: number;
  /** The request ID of the answer; undefined if it had none. */
  requestId: string | undefined;
}

/** A person's feedback on an answer. */
export interface Judgement {
  correct: boolean;
  /** The correct label, if the person gave one. */
  label?: string;
  /** Whether the text may be sent and stored. */
  withText: boolean;
}

/** The feedback on one answer, as known in this tab. */
interface SavedFeedback {
  /** The same for retries and corrections, so that the server keeps one entry. */
  id: string;
  receipt: FeedbackReceipt | undefined;
  /** The judgement that the server has stored. */
  saved: Judgement | undefined;
}

const nothingSaved = (): SavedFeedback => ({ id: uuid(), receipt: undefined, saved: undefined });

/** Local to this tab; only a successful request changes it. */
const savedFeedbackQuery = ({ text, model, label }: JudgedAnswer) =>
  queryOptions({
    queryKey: ["feedback", model, label, text],
    queryFn: nothingSaved,
    initialData: nothingSaved,
    staleTime: Infinity,
    gcTime: REMEMBERED_MS,
  });

/** Feedback that couldn't be sent after its form was gone. */
export interface Unsent {
  judged: JudgedAnswer;
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

/** Sends a judgement and stores the receipt. Rejects with an ApiError. */
async function deliver(queries: QueryClient, judged: JudgedAnswer, saved: Judgement): Promise<void> {
  const { queryKey } = savedFeedbackQuery(judged);
  const { id } = queries.getQueryData(queryKey) ?? nothingSaved();
  const receipt = await dataOf(
    sendFeedback({
      body: {
        id,
        model: judged.model,
        predicted: judged.label,
        probability: judged.probability,
        correct: saved.correct,
        label: saved.label ?? null,
        text: saved.withText ? judged.text : null,
        consent: saved.withText,
        request_id: judged.requestId ?? null,
      },
    }),
  );
  queries.setQueryData(queryKey, { id, receipt, saved });
}

const sending = {
  networkMode: "always",
  retry: (failures: number, error: Error) => failures < TRIES && asApiError(error).isTemporary,
  retryDelay: retryDelayMs,
} as const;

/** Sends feedback on an answer, and remembers it while the page is open. */
export function useFeedback(judged: JudgedAnswer, onSaved: () => void) {
  const queries = useQueryClient();
  const { receipt, saved } = useQuery(savedFeedbackQuery(judged)).data;
  const isMounted = useIsMounted();
  const delivery = useMutation({
    ...sending,
    mutationFn: (judgement: Judgement) => deliver(queries, judged, judgement),
    onSuccess: onSaved,
    onError: (error, judgement) => {
      if (isMounted.current) return; // the form shows the error
      const unsent = { judged, judgement, error: asApiError(error) };
      queries.setQueryData(unsentQuery.queryKey, (list = []) => [...list, unsent]);
    },
  });
  const { variables } = delivery;
  return {
    receipt,
    saved,
    send: delivery.mutate,
    isSending: delivery.isPending,
    error: delivery.isError ? asApiError(delivery.error) : undefined,
    resend: () => {
      if (variables) delivery.mutate(variables);
    },
  };
}

/** A ref that says whether the component is mounted. */
function useIsMounted() {
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  return isMounted;
}

/** The unsent feedback, with functions to retry and to dismiss it. */
export function useUnsent() {
  const queries = useQueryClient();
  const list = useQuery(unsentQuery).data;
  const put = (change: (list: Unsent[]) => Unsent[]) =>
    queries.setQueryData(unsentQuery.queryKey, (before = []) => change(before));
  const drop = (gone: Unsent) => put((before) => before.filter((unsent) => unsent !== gone));
  const delivery = useMutation({
    ...sending,
    mutationFn: ({ judged, judgement }: Unsent) => deliver(queries, judged, judgement),
    onSuccess: (_, sent) => drop(sent),
    onError: (error, unsent) =>
      put((before) =>
        before.map((other) => (other === unsent ? { ...other, error: asApiError(error) } : other)),
      ),
  });
  return { list, send: delivery.mutate, isSending: delivery.isPending, drop };
}
