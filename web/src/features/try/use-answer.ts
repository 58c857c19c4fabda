import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import { predictQuery, type TextAnswer } from "../../api/queries";
import { codePoints } from "../../lib/text";
import { disagreementOf, wordEffectsOf, type Disagreement, type WordEffect } from "../../explanation/effects";

/** Longer than the pause between two key presses, so that a word is one request. */
const TYPING_PAUSE_MS = 300;
const LONG_TEXT_PAUSE_MS = 700;
/**
 * Above this many characters the verdict is asked for first: explanation every word of a long text takes its time.
 */
const LONG_TEXT = 400;
/** Explanations are expensive, so a busy server is asked only this often. */
const EXPLANATION_TRIES = 2;

export interface Answer {
  /** The latest answer, possibly to an earlier text. */
  answer: TextAnswer | undefined;
  /** Whether `answer` belongs to another text or model than the current ones. */
  stale: boolean;
  /** The words of `answer`, with offsets into its own text. */
  effects: WordEffect[];
  /** The surest sentence of each label, where the sentences of `answer` disagree. */
  disagreement: Disagreement[];
  /** The state of `effects`: for a long text they arrive after the label, or not at all. */
  explanation: "done" | "pending" | "failed";
  /** Whether a newer answer is expected. */
  pending: boolean;
  /** Whether the text exceeds the server's limit; it isn't sent then. */
  tooLong: boolean;
  /** The error, if any; `retrying` says whether the request is being repeated. */
  error: ApiError | undefined;
  retrying: boolean;
  retry: () => void;
}

/**
 * Requests an answer once typing pauses, one request at a time: a newer text cancels the older request. Keeps the last
 * answer, marked as stale, until a newer one arrives. `limit` is the server's limit of characters, once known.
 */
export function useAnswer(text: string, model: string | undefined, limit: number | undefined): Answer {
  const [typed] = useDebouncedValue(text, TYPING_PAUSE_MS);
  const [settledText] = useDebouncedValue(text, LONG_TEXT_PAUSE_MS);
  const empty = text.trim() === "";
  const tooLong = limit !== undefined && codePoints(text) > limit;
  const isLong = typed.length > LONG_TEXT;
  const asked = typed.trim() !== "" && !(limit !== undefined && codePoints(typed) > limit);
  const verdict = useQuery({ ...predictQuery({ text: typed, model, explain: !isLong }), enabled: asked });
  const explainedText = isLong && settledText === typed ? settledText : ""; // changing the key cancels the request for an outdated text
  const words = useQuery({
    ...predictQuery({ text: explainedText, model, explain: true }),
    enabled: asked && explainedText !== "" && verdict.isSuccess,
    retry: (failures, error) => failures < EXPLANATION_TRIES && asApiError(error).isTemporary,
  });
  const error = useLastError({
    failure: verdict.failureReason,
    succeeded: verdict.isSuccess && !verdict.isPlaceholderData,
    current: typed === text,
  });

  const stale = typed !== text || verdict.isPlaceholderData;
  const explained = isLong ? (words.isPlaceholderData ? undefined : words.data) : verdict.data;
  const hidden = empty || tooLong;
  return {
    answer: hidden ? undefined : verdict.data,
    stale,
    effects: hidden || !explained ? [] : wordEffectsOf(explained.text, explained.scored),
    disagreement: hidden || !explained ? [] : disagreementOf(explained.text, explained.scored),
    explanation: explained ? "done" : isLong && words.isError ? "failed" : "pending",
    pending: !hidden && (verdict.isFetching || typed !== text),
    tooLong,
    error: hidden ? undefined : error,
    retrying: verdict.isFetching,
    retry: () => void verdict.refetch({ cancelRefetch: true }),
  };
}

interface LastError {
  failure: Error | null;
  succeeded: boolean;
  /** Whether `failure` concerns the current text. */
  current: boolean;
}

/**
 * The error to show. A server error stays until a request succeeds, so that its notice doesn't flicker during retries; an
 * error about one text disappears with that text.
 */
function useLastError({ failure, succeeded, current }: LastError): ApiError | undefined {
  const [last, setLast] = useState<Error | null>(null);
  if (failure && failure !== last) setLast(failure);
  if (succeeded && last) setLast(null);
  if (!last) return undefined;
  const error = asApiError(last);
  return error.isTemporary || (current && failure === last) ? error : undefined;
}
