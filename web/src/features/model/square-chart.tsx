import { scaleLinear } from "d3-scale";
import type { ReactNode } from "react";

import classes from "./square-chart.module.css";

const SIZE = 320;
const MARGIN = { top: 10, right: 12, bottom: 44, left: 50 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

export type Place = (value: number) => number;

type Point = readonly [across: number, up: number];

const DIAGONAL = [
  [0, 0],
  [1, 1],
] as const;

interface SquareChartProps {
  /** Axis labels; both axes run from 0 to 100%. */
  across: string;
  up: string;
  /** The dashed reference line between two points; the diagonal by default. */
  guide?: readonly [Point, Point];
  children: (x: Place, y: Place) => ReactNode;
}

/** A chart of two shares with a reference line. Hidden from screen readers: the table has the same figures. */
export function SquareChart({ across, up, guide: [from, to] = DIAGONAL, children }: SquareChartProps) {
  const x = scaleLinear([0, 1], [MARGIN.left, SIZE - MARGIN.right]);
  const y = scaleLinear([0, 1], [SIZE - MARGIN.bottom, MARGIN.top]);
  const middle = (SIZE - MARGIN.bottom + MARGIN.top) / 2;
  return (
    <svg className={classes.chart} viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
      {TICKS.map((tick) => (
        <g key={tick}>
          <line className={classes.grid} x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} />
          <line className={classes.grid} x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
          <text className={classes.tick} x={x(tick)} y={y(0) + 16} textAnchor="middle">
            {tick * 100}
          </text>
          <text className={classes.tick} x={x(0) - 8} y={y(tick) + 4} textAnchor="end">
            {tick * 100}
          </text>
        </g>
      ))}
      <line className={classes.guide} x1={x(from[0])} y1={y(from[1])} x2={x(to[0])} y2={y(to[1])} />
      <text className={classes.axis} x={(x(0) + x(1)) / 2} y={SIZE - 8} textAnchor="middle">
        {across}
      </text>
      <text className={classes.axis} textAnchor="middle" transform={`translate(14 ${middle}) rotate(-90)`}>
        {up}
      </text>
      {children(x, y)}
    </svg>
  );
}
