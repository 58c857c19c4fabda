import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import { fit, isFitting, refreshCounts, stopFit } from "../../api/classifiers";
import type { Classifier } from "../../api/generated";
import { missingForFit } from "../../signed-in/words";

/** Longer than the pause between two key presses, so that a quick series of labels is one fit. */
const PAUSE_MS = 900;

export interface Refit {
  /** Examples have changed: fits once there are enough and no fit is running. */
  changed: () => void;
  now: () => void;
  cancel: () => void;
  /** The newest version was fitted before the last changes: a fit is to come, or running. */
  pending: boolean;
  /** Why a fit couldn't be requested. */
  error: ApiError | undefined;
}

/** Fits again after changes: after a pause, and one fit at a time. */
export function useRefit(classifier: Classifier): Refit {
  const { name, examples } = classifier;
  const client = useQueryClient();
  const [changes, setChanges] = useState(0);
  const requested = useRef(0);
  const [settled, setSettled] = useState(0); // changes whose fit is known to this page, or was given up
  const [error, setError] = useState<ApiError>();
  const fitting = isFitting(classifier);
  const ready = missingForFit(examples) === undefined;

  const update = () => refreshCounts(client, name);
  const request = async () => {
    requested.current = changes;
    try {
      await fit(name);
      setError(undefined);
      await update();
    } catch (failure) {
      setError(asApiError(failure));
    }
    setSettled(changes);
  };
  const onPause = useEffectEvent(() => void request());
  useEffect(() => {
    if (changes === requested.current || fitting || !ready) return;
    const timer = setTimeout(onPause, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [changes, fitting, ready]);

  return {
    changed: () => setChanges((before) => before + 1),
    now: () => void request(),
    cancel: () => {
      requested.current = changes; // not again before the next change
      setSettled(changes);
      stopFit(name)
        .then(update)
        .catch((failure: unknown) => setError(asApiError(failure)));
    },
    pending: fitting || (ready && changes !== settled),
    error,
  };
}
