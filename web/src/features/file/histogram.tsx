import { scaleLinear } from "d3-scale";

import { count, percentRange } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import { ChartTable } from "../../components/chart-table";
import classes from "./histogram.module.css";

const HEIGHT = 120;
const MIN_BAR = 2;

interface HistogramProps {
  /** The number of texts in each bin of the right label's probability, from 0 to 1. */
  bins: readonly number[];
  ends: Sides;
  sureFrom: number;
}

/** The distribution of probabilities between the two labels, with the same figures as a table. */
export function Histogram({ bins, ends, sureFrom }: HistogramProps) {
  const height = scaleLinear([0, Math.max(1, ...bins)], [0, HEIGHT]);
  const width = 100 / bins.length;
  return (
    <figure className={classes.figure} aria-label={`Texts by their probability of ${ends.right}`}>
      <svg className={classes.plot} width="100%" height={HEIGHT} aria-hidden="true">
        {bins.map((value, i) => {
          const bar = value === 0 ? 0 : Math.max(MIN_BAR, height(value));
          return (
            <rect
              key={i}
              className={classes.bar}
              data-side={sideOf((i + 0.5) / bins.length, sureFrom)}
              x={`${i * width + width * 0.08}%`}
              width={`${width * 0.84}%`}
              y={HEIGHT - bar}
              height={bar}
              rx="2"
            />
          );
        })}
        <line className={classes.base} x1="0" x2="100%" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      </svg>
      <div className={classes.axis} aria-hidden="true">
        <span>{ends.left} (confident)</span>
        <span>not sure</span>
        <span>{ends.right} (confident)</span>
      </div>
      <ChartTable
        caption={`Texts by their probability of ${ends.right}`}
        columns={[`Probability of ${ends.right}`, "Texts"]}
        rows={bins.map((value, i) => [percentRange(i / bins.length, (i + 1) / bins.length), count(value)])}
      />
    </figure>
  );
}

function sideOf(value: number, sureFrom: number): "left" | "unsure" | "right" {
  if (value >= sureFrom) return "right";
  return value <= 1 - sureFrom ? "left" : "unsure";
}
