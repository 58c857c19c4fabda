import { percent } from "../lib/format";
import type { Probability } from "../lib/units";
import type { Sides } from "../lib/labels";
import classes from "./scale.module.css";

interface ScaleProps {
  ends: Sides;
  /** The probability of the right end; undefined until there is a text. */
  value?: Probability | undefined;
  sureFrom: Probability | undefined;
}

/** A scale between two labels, with the range in which the model is not sure, and the current value. */
export function Scale({ ends, value, sureFrom }: ScaleProps) {
  const unsure = sureFrom === undefined ? 0 : Math.max(0, 2 * sureFrom - 1);
  return (
    <div className={classes.scale}>
      <div
        className={classes.track}
        {...(value === undefined
          ? { "aria-hidden": true }
          : {
              role: "meter",
              "aria-label": `From ${ends.left} to ${ends.right}`,
              "aria-valuemin": 0,
              "aria-valuemax": 100,
              "aria-valuenow": Math.round(value * 100),
              "aria-valuetext": `${percent(value)} ${ends.right}`,
            })}
      >
        <span className={classes.left} />
        <span className={classes.right} />
        <span className={classes.unsure} style={{ width: `${unsure * 100}%` }} />
        <span className={classes.middle} />
        <span
          className={classes.needle}
          data-resting={value === undefined || undefined}
          style={{ left: `${(value ?? 0.5) * 100}%` }}
        />
      </div>
      <div className={classes.ends} aria-hidden="true">
        <span>{ends.left}</span>
        {unsure > 0.12 ? <span className={classes.unsureName}>not sure</span> : null}
        <span>{ends.right}</span>
      </div>
    </div>
  );
}
