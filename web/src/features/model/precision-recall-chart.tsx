import type { PrecisionRecallCurve } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { CurvePath } from "./curve-path";
import { CURVE_TABLE_ROWS, thinned, type AtThreshold } from "./curves";
import classes from "./evidence.module.css";
import { inHundredths } from "./logic";
import { SquareChart } from "./square-chart";

interface PrecisionRecallChartProps {
  curve: PrecisionRecallCurve;
  /** Where the threshold stands on it. */
  found: AtThreshold;
  /** Of all texts, how many are of the label, 0 to 1: the precision of guessing. */
  share: number;
}

/** How many calls are right, against how many of a label are found. */
export function PrecisionRecallChart({ curve, found, share }: PrecisionRecallChartProps) {
  const { label, average_precision: average, recall, precision, threshold } = curve;
  const guessing = [
    [0, share],
    [1, share],
  ] as const;
  return (
    <>
      <h3>Precision and recall</h3>
      <SquareChart across={`${label} found, %`} up="calls that are right, %" guide={guessing}>
        {(x, y) => (
          <>
            <CurvePath across={recall} up={precision} x={x} y={y} />
            {found.precision === undefined ? null : (
              <circle className={classes.here} cx={x(found.recall)} cy={y(found.precision)} r="7" />
            )}
          </>
        )}
      </SquareChart>
      <p className={classes.note}>
        Average precision {inHundredths(average)}, where {inHundredths(share)} is guessing, the dashed line.
      </p>
      <ChartTable
        caption="Precision and recall"
        columns={["From probability", `${label} found`, "Calls that are right"]}
        rows={thinned([...threshold.keys()], CURVE_TABLE_ROWS).map((i) => [
          `${inHundredths(threshold[i] ?? 0)}%`,
          `${inHundredths(recall[i] ?? 0)}%`,
          `${inHundredths(precision[i] ?? 0)}%`,
        ])}
      />
    </>
  );
}
