import { Button } from "@mantine/core";

import type { Fit } from "../api/generated";
import { count } from "../lib/format";
import { useTrueFor } from "../lib/use-true-for";
import classes from "./fit-progress.module.css";

/** A short fit shows only words; a longer one a bar and a way to cancel. */
const LONG_MS = 2000;

interface FitProgressProps {
  fit: Fit | null;
  onCancel: () => void;
}

export function FitProgress({ fit, onCancel }: FitProgressProps) {
  const busy = fit?.state === "waiting" || fit?.state === "running";
  const isLong = useTrueFor(busy, LONG_MS);
  return (
    <div className={classes.progress}>
      {busy ? <p>{stepOf(fit)}</p> : null}
      {busy && isLong ? (
        <div className={classes.bar}>
          <progress
            aria-label="Fit"
            {...(fit.total > 0 && fit.state === "running" ? { value: fit.done, max: fit.total } : {})}
          />
          <Button variant="default" size="compact-sm" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function stepOf({ state, step, done, total }: Fit): string {
  if (state === "waiting") return "Waiting for its turn…";
  const texts = done < total ? ` (${count(done)} of ${count(total)} texts read)` : "";
  return `Fitting: ${step}${texts}…`;
}
