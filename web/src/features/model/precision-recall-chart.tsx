import type { PrecisionRecallCurve } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { CurvePath } from "./curve-path";
import { CURVE_TABLE_ROWS, sampled, type AtThreshold } from "./curves";
import classes from "./result-details.module.css";
import { SquareChart } from "./square-chart";
import { fixedPercent, timesHundred } from "../../lib/format";

interface PrecisionRecallChartProps {
  curve: PrecisionRecallCurve;
  /** The figures at the current threshold. */
  point: AtThreshold;
  /** The share of texts with the label, 0 to 1: the precision of guessing. */
  share: number;
}

/** Precision against recall. */
export function PrecisionRecallChart({ curve, point, share }: PrecisionRecallChartProps) {
  const { label, average_precision: average, recall, precision, threshold } = curve;
  const guessing = [
    [0, share],
    [1, share],
  ] as const;
  return (
    <>
      <h3>Precision and recall</h3>
      <SquareChart across={`recall: ${label} found, %`} up="precision, %" guide={guessing}>
        {(x, y) => (
          <>
            <CurvePath across={recall} up={precision} x={x} y={y} />
            {point.precision === undefined ? null : (
              <circle className={classes.here} cx={x(point.recall)} cy={y(point.precision)} r="7" />
            )}
          </>
        )}
      </SquareChart>
      <p className={classes.note}>
        Average precision {timesHundred(average)} ({timesHundred(share)} for guessing, the dashed line).
      </p>
      <ChartTable
        caption="Precision and recall"
        columns={["Threshold", `Recall (${label} found)`, "Precision"]}
        rows={sampled([...threshold.keys()], CURVE_TABLE_ROWS).map((i) => [
          fixedPercent(threshold[i] ?? 0),
          fixedPercent(recall[i] ?? 0),
          fixedPercent(precision[i] ?? 0),
        ])}
      />
    </>
  );
}
