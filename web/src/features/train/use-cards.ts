import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import { change, nextTexts, refreshCounts } from "../../api/classifiers";
import type { Classifier, NextText } from "../../api/generated";
import * as cards from "./card-queue";

export interface Cards {
  card: NextText | undefined;
  /** Whether the next card is being asked for. */
  pending: boolean;
  canUndo: boolean;
  /** How many were skipped. */
  skipped: number;
  error: ApiError | undefined;
  label: (labels: string[]) => void;
  skip: () => void;
  undo: () => void;
  /** Shows the skipped cards again. */
  again: () => void;
  retry: () => void;
}

/** Cards to label. A label is shown as done at once; if the server refuses it, its card comes back. */
export function useCards({ name, examples }: Classifier, onChanged: () => void): Cards {
  const [queue, setQueue] = useState(cards.EMPTY_QUEUE);
  const asking = useMutation({
    networkMode: "always",
    mutationFn: () => nextTexts(name, cards.ASKED),
    onSuccess: ({ texts }) => setQueue((now) => cards.withProposed(now, texts)),
  });
  const { mutate: ask } = asking;
  const isLow = queue.cards.length < cards.LOW;
  useEffect(() => {
    if (isLow) ask();
  }, [isLow, ask, examples.unlabelled]);
  const { attempt, error, retry } = useAttempt(name, onChanged);

  const label = (labels: string[]) => {
    const card = cards.current(queue);
    if (!card) return;
    setQueue((now) => cards.withLabels(now, labels));
    attempt(
      () => change(name, card.example.id, { labels, picked: card.picked }),
      () => setQueue((now) => cards.withReturned(now, card)),
    );
  };
  const undo = () => {
    const last = queue.done.at(-1);
    if (last?.labels === undefined) setQueue(cards.withUndo);
    else {
      attempt(async () => {
        await change(name, last.card.example.id, { labels: null });
        setQueue(cards.withUndo);
      });
    }
  };
  return {
    card: cards.current(queue),
    pending: asking.isIdle || asking.isPending,
    canUndo: queue.done.length > 0,
    skipped: queue.done.filter(({ labels }) => labels === undefined).length,
    error: error ?? (asking.error ? asApiError(asking.error) : undefined),
    label,
    skip: () => setQueue(cards.withSkip),
    undo,
    again: () => setQueue(cards.withSkippedAgain),
    retry: () => {
      retry();
      ask();
    },
  };
}

interface Attempt {
  act: () => Promise<unknown>;
  undone?: (() => void) | undefined;
}

/** Sends a change. `undone` takes back what was shown at once, if the server refuses it. */
function useAttempt(name: string, onChanged: () => void) {
  const client = useQueryClient();
  const { mutate, error, reset } = useMutation({
    networkMode: "always",
    mutationFn: ({ act }: Attempt) => act(),
    onSuccess: () => {
      onChanged();
      return refreshCounts(client, name);
    },
    onError: (_error, { undone }) => undone?.(),
  });
  return {
    attempt: (act: Attempt["act"], undone?: Attempt["undone"]) => mutate({ act, undone }),
    error: error ? asApiError(error) : undefined,
    retry: reset,
  };
}
