import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import type { Limits, ModelSummary } from "../../api/generated";
import { scoreMany, type Outcome, type Pause } from "../../api/score-many";
import { knownOutcomes } from "./known-outcomes";

const TYPING_PAUSE_MS = 400;
/** How often what came is shown while more is coming. */
const TICK_MS = 200;

export interface Outcomes {
  /** What became of each text; undefined while it is not known. */
  of: (text: string) => Outcome | undefined;
  /** Texts without an outcome yet. */
  missing: number;
  pause: Pause | undefined;
  /** Why nothing more comes; `retry` asks again. */
  failure: ApiError | undefined;
  retry: () => void;
}

/**
 * Scores texts a moment after they have changed. What is known of a text stays known, so that a change in one comment
 * asks about that one alone.
 */
export function useOutcomes(
  texts: readonly string[],
  model: ModelSummary | undefined,
  limits: Limits | undefined,
): Outcomes {
  const known = knownOutcomes(model?.version);
  const [settled] = useDebouncedValue(texts, TYPING_PAUSE_MS);
  const [, setTick] = useState(0);
  const [pause, setPause] = useState<Pause>();
  const [failure, setFailure] = useState<ApiError>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (!model || !limits) return;
    const wanted = [...new Set(settled)].filter((text) => !known.has(text));
    if (wanted.length === 0) return;
    const stop = new AbortController();
    const show = () => setTick((tick) => tick + 1);
    const ticking = setInterval(show, TICK_MS);
    scoreMany({
      texts: wanted,
      model: model.version,
      limits,
      signal: stop.signal,
      onOutcome: (index, outcome) => known.set(wanted[index] ?? "", outcome),
      onPause: setPause,
    })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setFailure(asApiError(error));
      })
      .finally(() => {
        clearInterval(ticking);
        show();
      });
    return () => {
      stop.abort();
      setPause(undefined);
      setFailure(undefined);
    };
  }, [settled, model, limits, known, attempt]);

  return {
    of: (text) => known.get(text),
    missing: texts.filter((text) => !known.has(text)).length,
    pause,
    failure,
    retry: () => setAttempt((before) => before + 1),
  };
}
