import classes from "./interval-chart.module.css";
import type { Estimate } from "../../api/generated";
import { axisFor, metricName, placeOn, type Axis } from "./logic";
import { timesHundred } from "../../lib/format";

/** Ticks closer together than this need a decimal to differ. */
const HUNDREDTH = 0.0099;

interface Row {
  name: string;
  own: boolean;
  metrics: Record<string, Estimate>;
}

/** A dot and its interval per row. Hidden from screen readers: the table below has the same figures. */
export function IntervalChart({ rows, metric }: { rows: readonly Row[]; metric: string }) {
  const estimates = rows.flatMap((row) => {
    const estimate = row.metrics[metric];
    return estimate ? [{ row, estimate }] : [];
  });
  if (estimates.length === 0) return null;
  const axis = axisFor(estimates.map(({ estimate }) => estimate));
  const decimals = (axis.ticks[1] ?? 1) - (axis.ticks[0] ?? 0) < HUNDREDTH ? 1 : 0;
  const percent = (value: number) => `${placeOn(axis, value)}%`;
  return (
    <figure className={classes.chart} aria-hidden="true" data-metric={metricName(metric)}>
      {estimates.map(({ row, estimate }) => (
        <div key={row.name} className={classes.row} data-own={row.own || undefined}>
          <span className={classes.name}>{row.name}</span>
          <svg className={classes.plot} width="100%" height="28">
            <Grid axis={axis} />
            <line
              className={classes.interval}
              x1={percent(estimate.low)}
              x2={percent(estimate.high)}
              y1="14"
              y2="14"
            />
            <circle className={classes.dot} cx={percent(estimate.value)} cy="14" r="5.5" />
          </svg>
          <span className={classes.value}>{timesHundred(estimate.value)}</span>
        </div>
      ))}
      <div className={classes.row}>
        <span className={classes.name} />
        <div className={classes.ticks}>
          {axis.ticks.map((tick) => (
            <span key={tick} style={{ left: percent(tick) }}>
              {(tick * 100).toFixed(decimals)}
            </span>
          ))}
        </div>
        <span className={classes.value} />
      </div>
    </figure>
  );
}

function Grid({ axis }: { axis: Axis }) {
  return axis.ticks.map((tick) => (
    <line
      key={tick}
      className={classes.grid}
      x1={`${placeOn(axis, tick)}%`}
      x2={`${placeOn(axis, tick)}%`}
      y1="0"
      y2="28"
    />
  ));
}
