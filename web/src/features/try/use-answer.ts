import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import { predictQuery, type TextAnswer } from "../../api/queries";
import { carried, pullsOf, type Pull } from "./logic";

const TYPING_PAUSE_MS = 120;
const LONG_TEXT_PAUSE_MS = 700;
/** Above this many characters the verdict is asked for first: weighing every word of a long text takes its time. */
const LONG_TEXT = 400;
/** Weighing is the costly part: a server that has no time for it is not pressed. */
const WEIGHING_TRIES = 2;

export interface Answer {
  /** The newest answer, perhaps of a text that has been changed since. */
  answer: TextAnswer | undefined;
  /** Its words, at their places in the text as it is now. */
  pulls: Pull[];
  /** Whether `pulls` are there: in a long text they come after the verdict, or may not come at all. */
  weighing: "done" | "underway" | "failed";
  /** Whether a newer answer is on its way. */
  pending: boolean;
  /** What went wrong, and whether it is being tried again. */
  error: ApiError | undefined;
  retrying: boolean;
  retry: () => void;
}

/** Asks while one types, and holds the last answer until there is a newer one. */
export function useAnswer(text: string, model: string | undefined): Answer {
  const [typed] = useDebouncedValue(text, TYPING_PAUSE_MS);
  const [rested] = useDebouncedValue(text, LONG_TEXT_PAUSE_MS);
  const isLong = typed.length > LONG_TEXT;
  const verdict = useQuery(predictQuery({ text: typed, model, explain: !isLong }));
  const words = useQuery({
    ...predictQuery({ text: rested, model, explain: true }),
    enabled: isLong && rested === typed && verdict.isSuccess,
    retry: (failures, error) => failures < WEIGHING_TRIES && asApiError(error).passes,
  });
  const trouble = useTrouble(verdict.failureReason, verdict.isSuccess && !verdict.isPlaceholderData);

  const empty = text.trim() === "";
  const answer = empty ? undefined : verdict.data;
  const explained = isLong ? words.data : verdict.data;
  return {
    answer,
    pulls:
      empty || !explained ? [] : carried(pullsOf(explained.text, explained.scored), explained.text, text),
    weighing: explained ? "done" : isLong && words.isError ? "failed" : "underway",
    pending: !empty && (verdict.isFetching || typed !== text),
    error: empty ? undefined : trouble,
    retrying: verdict.isFetching,
    retry: () => void verdict.refetch({ cancelRefetch: true }),
  };
}

/** The last failure, until something succeeds: a retry in progress must not make its notice flicker. */
function useTrouble(failure: Error | null, succeeded: boolean): ApiError | undefined {
  const [trouble, setTrouble] = useState<Error | null>(null);
  if (failure && failure !== trouble) setTrouble(failure);
  if (succeeded && trouble) setTrouble(null);
  return trouble ? asApiError(trouble) : undefined;
}
