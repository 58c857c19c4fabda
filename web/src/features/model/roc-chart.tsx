import type { RocCurve } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { CurvePath } from "./curve-path";
import { CURVE_TABLE_ROWS, thinned, type AtThreshold } from "./curves";
import classes from "./evidence.module.css";
import { inHundredths } from "./logic";
import { SquareChart } from "./square-chart";

interface RocChartProps {
  curve: RocCurve;
  /** Where the threshold stands on it. */
  found: AtThreshold;
}

/** How many of a label are found, against how many others are taken for it. */
export function RocChart({ curve, found }: RocChartProps) {
  const { label, area, false_positive_rate: across, true_positive_rate: up, threshold } = curve;
  return (
    <>
      <h3>ROC curve</h3>
      <SquareChart across={`others called ${label}, %`} up={`${label} found, %`}>
        {(x, y) => (
          <>
            <CurvePath across={across} up={up} x={x} y={y} />
            <circle className={classes.here} cx={x(found.falsePositiveRate)} cy={y(found.recall)} r="7" />
          </>
        )}
      </SquareChart>
      <p className={classes.note}>Area {inHundredths(area)}, where 50 is guessing, the dashed line.</p>
      <ChartTable
        caption="ROC curve"
        columns={["From probability", `Others called ${label}`, `${label} found`]}
        rows={thinned([...threshold.keys()], CURVE_TABLE_ROWS).map((i) => [
          threshold[i] === null ? "never" : `${inHundredths(threshold[i] ?? 0)}%`,
          `${inHundredths(across[i] ?? 0)}%`,
          `${inHundredths(up[i] ?? 0)}%`,
        ])}
      />
    </>
  );
}
