import { scaleLinear } from "d3-scale";

import type { ScoreHistogram } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { count, percentRange } from "../../lib/format";
import classes from "./result-details.module.css";

const HEIGHT = 150;

interface ScoreBarsProps {
  bars: ScoreHistogram;
  threshold: number;
}

/** A histogram of the label's probability, with the threshold: texts with the label above the line, others below. */
export function ScoreBars({ bars: { label, own, others }, threshold }: ScoreBarsProps) {
  const width = 100 / own.length;
  // Both halves share one scale.
  const height = scaleLinear([0, Math.max(1, ...own) + Math.max(1, ...others)], [0, HEIGHT]);
  const base = height(Math.max(1, ...own));
  const x = (i: number) => `${i * width + width * 0.08}%`;
  const bar = { width: `${width * 0.84}%`, rx: 2 };
  const at = `${threshold * 100}%`;
  return (
    <div className={classes.bars}>
      <p className={classes.note}>
        <span data-side="right">above: {label}</span> <span data-side="left">below: the others</span>
      </p>
      <svg width="100%" height={HEIGHT} aria-hidden="true">
        {own.map((value, i) => (
          <rect
            key={i}
            className={classes.own}
            x={x(i)}
            y={base - height(value)}
            height={height(value)}
            {...bar}
          />
        ))}
        {others.map((value, i) => (
          <rect key={i} className={classes.others} x={x(i)} y={base + 1} height={height(value)} {...bar} />
        ))}
        <line className={classes.base} x1="0" x2="100%" y1={base + 0.5} y2={base + 0.5} />
        <line className={classes.line} x1={at} x2={at} y1="0" y2={HEIGHT} />
      </svg>
      <ChartTable
        caption={`Texts by their probability of ${label}`}
        columns={["Probability", label, "others"]}
        rows={own.map((value, i) => [
          percentRange(i / own.length, (i + 1) / own.length),
          count(value),
          count(others[i] ?? 0),
        ])}
      />
    </div>
  );
}
