import { useEffect, useMemo, useState } from "react";

import { asApiError, type ApiError } from "../../../api/client";
import type { Limits, ModelSummary } from "../../../api/generated";
import { scoreTexts, type Outcome, type Pause } from "../../../api/score-texts";
import type { Comment } from "./comment";
import { cachedOutcomes } from "./outcome-cache";

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
 * Scores comments. Outcomes are cached, so that editing one comment requests only that one.
 */
export function useOutcomes(
  comments: readonly Comment[],
  model: ModelSummary | undefined,
  limits: Limits | undefined,
): Outcomes {
  const texts = useMemo(() => comments.map(({ text }) => text), [comments]);
  const known = cachedOutcomes(model?.version);
  const [, setTick] = useState(0);
  const [pause, setPause] = useState<Pause>();
  const [failure, setFailure] = useState<ApiError>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (!model || !limits) return;
    const wanted = [...new Set(texts)].filter((text) => !known.has(text));
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
  }, [texts, model, limits, known, attempt]);

  return {
    of: (text) => known.get(text),
    missing: texts.filter((text) => !known.has(text)).length,
    pause,
    failure,
    retry: () => setAttempt((before) => before + 1),
  };
}
