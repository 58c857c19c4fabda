import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import type { Limits, ModelSummary } from "../../api/generated";
import { scoreTexts, type Outcome, type Pause } from "../../api/score-texts";
import { cachedOutcomes } from "./outcome-cache";

const TYPING_PAUSE_MS = 400;
/** How often new outcomes are shown while scoring. */
const TICK_MS = 200;

export interface Outcomes {
  /** The outcome of a text; undefined if there is none yet. */
  of: (text: string) => Outcome | undefined;
  /** The number of texts without an outcome. */
  missing: number;
  pause: Pause | undefined;
  /** Why scoring stopped; `retry` starts it again. */
  failure: ApiError | undefined;
  retry: () => void;
}

/**
 * Scores texts once they stop changing. Outcomes are cached, so that editing one comment requests only that one.
 */
export function useOutcomes(
  texts: readonly string[],
  model: ModelSummary | undefined,
  limits: Limits | undefined,
): Outcomes {
  const known = cachedOutcomes(model?.version);
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
    scoreTexts({
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
