import type { RocCurve } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { CurvePath } from "./curve-path";
import { CURVE_TABLE_ROWS, sampled, type AtThreshold } from "./curves";
import classes from "./result-details.module.css";
import { SquareChart } from "./square-chart";
import { fixedPercent, timesHundred } from "../../lib/format";

interface RocChartProps {
  curve: RocCurve;
  /** The figures at the current threshold. */
  point: AtThreshold;
}

/** True positive rate against false positive rate. */
export function RocChart({ curve, point }: RocChartProps) {
  const { label, area, false_positive_rate: across, true_positive_rate: up, threshold } = curve;
  return (
    <>
      <h3>ROC curve</h3>
      <SquareChart across="false positive rate, %" up={`true positive rate: ${label} found, %`}>
        {(x, y) => (
          <>
            <CurvePath across={across} up={up} x={x} y={y} />
            <circle className={classes.here} cx={x(point.falsePositiveRate)} cy={y(point.recall)} r="7" />
          </>
        )}
      </SquareChart>
      <p className={classes.note}>
        Area under the curve {timesHundred(area)} (50 for guessing, the dashed line).
      </p>
      <ChartTable
        caption="ROC curve"
        columns={["Threshold", "False positive rate", `True positive rate (${label} found)`]}
        rows={sampled([...threshold.keys()], CURVE_TABLE_ROWS).map((i) => [
          threshold[i] === null ? "never" : fixedPercent(threshold[i] ?? 0),
          fixedPercent(across[i] ?? 0),
          fixedPercent(up[i] ?? 0),
        ])}
      />
    </>
  );
}
