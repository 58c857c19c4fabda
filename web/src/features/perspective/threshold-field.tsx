import { useId, useState } from "react";

import type { Change, Values } from "../../lib/fragment-state";
import classes from "./compare.module.css";
import { oldScore } from "./old-scores";
import { DEFAULT_THRESHOLD, thresholdOf } from "./wanted";

interface ThresholdFieldProps {
  values: Values;
  onChange: (change: Change) => void;
}

/** From which the old scores flag a comment. What isn't a number from 0 to 1 changes nothing. */
export function ThresholdField({ values, onChange }: ThresholdFieldProps) {
  const id = useId();
  const [written, setWritten] = useState(`${thresholdOf(values)}`);
  const isValid = typeof oldScore(written) === "number";
  return (
    <div className={classes.threshold}>
      <label htmlFor={id}>Flagged from</label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        value={written}
        aria-invalid={!isValid}
        aria-describedby={isValid ? undefined : `${id}-problem`}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setWritten(next);
          const number = oldScore(next);
          if (typeof number === "number")
            onChange({ from: number === DEFAULT_THRESHOLD ? undefined : `${number}` });
        }}
      />
      {isValid ? null : <span id={`${id}-problem`}>a number from 0 to 1</span>}
    </div>
  );
}
