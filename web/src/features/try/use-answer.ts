import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import { predictQuery, type TextAnswer } from "../../api/queries";
import { codePoints } from "../../lib/text";
import { pullsOf, type Pull } from "./logic";

/** Longer than the pause between two keys: a word that is being typed is one call, not one for each letter. */
const TYPING_PAUSE_MS = 300;
const LONG_TEXT_PAUSE_MS = 700;
/** Above this many characters the verdict is asked for first: weighing every word of a long text takes its time. */
const LONG_TEXT = 400;
/** Weighing is the costly part: a server that has no time for it is not pressed. */
const WEIGHING_TRIES = 2;

export interface Answer {
  /** The newest answer, perhaps to an earlier text. */
  answer: TextAnswer | undefined;
  /** Whether `answer` is to another text, or by another model, than the ones on the page now. */
  stale: boolean;
  /** The words of `answer`, at their places in its own text. */
  pulls: Pull[];
  /** Whether `pulls` are there: in a long text they come after the verdict, or may not come at all. */
  weighing: "done" | "underway" | "failed";
  /** Whether a newer answer is on its way. */
  pending: boolean;
  /** Whether the text has more characters than the server takes; it is not sent then. */
  tooLong: boolean;
  /** What went wrong, and whether it is being tried again. */
  error: ApiError | undefined;
  retrying: boolean;
  retry: () => void;
}

/**
 * Asks once typing pauses, one call at a time: a newer text cancels the call for the older one. Holds the last answer
 * until there is a newer one, marked as stale. `limit` is the most characters that the server takes, once it is known.
 */
export function useAnswer(text: string, model: string | undefined, limit: number | undefined): Answer {
  const [typed] = useDebouncedValue(text, TYPING_PAUSE_MS);
  const [rested] = useDebouncedValue(text, LONG_TEXT_PAUSE_MS);
  const empty = text.trim() === "";
  const tooLong = limit !== undefined && codePoints(text) > limit;
  const isLong = typed.length > LONG_TEXT;
  const asked = typed.trim() !== "" && !(limit !== undefined && codePoints(typed) > limit);
  const verdict = useQuery({ ...predictQuery({ text: typed, model, explain: !isLong }), enabled: asked });
  const weighed = isLong && rested === typed ? rested : ""; // a question that is kept in view is not cancelled
  const words = useQuery({
    ...predictQuery({ text: weighed, model, explain: true }),
    enabled: asked && weighed !== "" && verdict.isSuccess,
    retry: (failures, error) => failures < WEIGHING_TRIES && asApiError(error).passes,
  });
  const error = useTrouble({
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
    pulls: hidden || !explained ? [] : pullsOf(explained.text, explained.scored),
    weighing: explained ? "done" : isLong && words.isError ? "failed" : "underway",
    pending: !hidden && (verdict.isFetching || typed !== text),
    tooLong,
    error: hidden ? undefined : error,
    retrying: verdict.isFetching,
    retry: () => void verdict.refetch({ cancelRefetch: true }),
  };
}

interface Trouble {
  failure: Error | null;
  succeeded: boolean;
  /** Whether `failure` is about the text that is there now. */
  current: boolean;
}

/**
 * What to say went wrong. Trouble with the server stays until something succeeds, so that its notice does not flicker
 * while the page tries again; trouble with one text goes when that text does.
 */
function useTrouble({ failure, succeeded, current }: Trouble): ApiError | undefined {
  const [last, setLast] = useState<Error | null>(null);
  if (failure && failure !== last) setLast(failure);
  if (succeeded && last) setLast(null);
  if (!last) return undefined;
  const error = asApiError(last);
  return error.passes || (current && failure === last) ? error : undefined;
}
