import { scaleLinear, scaleLog } from "d3-scale";
import { area, line } from "d3-shape";

import type { Estimate, LearningCurve, Result } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import shared from "../../components/shared.module.css";
import { count, fixedPercent, timesHundred } from "../../lib/format";
import { spacedApart } from "./curves";
import classes from "./result-details.module.css";
import { CollapsibleSection } from "./collapsible-section";
import { axisFor, interval, type Axis } from "./logic";
import pageClasses from "./model-page.module.css";
import squareClasses from "./square-chart.module.css";

const WIDTH = 480;
const HEIGHT = 300;
const MARGIN = { top: 10, right: 24, bottom: 44, left: 50 };
/** The width of a tick label, in chart units. */
const TICK_ROOM = 46;

interface Point {
  rows: number;
  accuracy: Estimate;
}

/** The learning curve: whether more data would help. */
export function LearningSection({ result }: { result: Result }) {
  const curve = result.learning_curve;
  const points = curve ? pointsOf(curve) : [];
  const [first, last] = [points[0], points.at(-1)];
  if (!curve || !first || !last || first === last) return null;
  return (
    <CollapsibleSection
      id="learning"
      title="Would more data help?"
      about="accuracy by number of training rows"
    >
      <p className={pageClasses.lead}>
        The final layer was trained on parts of the training data. With {count(first.rows)} rows it labels{" "}
        {fixedPercent(first.accuracy.value)} of {count(curve.rows)} validation texts correctly, with{" "}
        {count(last.rows)} rows {fixedPercent(last.accuracy.value)}. If the line is still rising at the end,
        more data would help. The band is the 95% interval.
      </p>
      <figure className={`${shared.card} ${classes.figure} ${classes.learning}`}>
        <Chart points={points} />
        <ChartTable
          caption="Accuracy by number of training rows"
          columns={["Training rows", "Accuracy", "95% interval"]}
          rows={points.map(({ rows, accuracy }) => [
            count(rows),
            timesHundred(accuracy.value),
            interval(accuracy),
          ])}
        />
      </figure>
    </CollapsibleSection>
  );
}

function pointsOf({ points }: LearningCurve): Point[] {
  return points.flatMap(({ rows, metrics }) => {
    const accuracy = metrics["accuracy"];
    return accuracy ? [{ rows, accuracy }] : [];
  });
}

/** Rows on a logarithmic axis. Hidden from screen readers: the table has the same figures. */
function Chart({ points }: { points: readonly Point[] }) {
  const rows = points.map((point) => point.rows);
  const axis = axisFor(points.map(({ accuracy }) => accuracy));
  const x = scaleLog([Math.min(...rows), Math.max(...rows)], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear([axis.low, axis.high], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const band = area<Point>(
    (point) => x(point.rows),
    (point) => y(point.accuracy.low),
    (point) => y(point.accuracy.high),
  );
  const middle = line<Point>(
    (point) => x(point.rows),
    (point) => y(point.accuracy.value),
  );
  return (
    <svg className={classes.wide} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <Axes axis={axis} rows={rows} x={x} y={y} />
      <path className={classes.band} d={band([...points]) ?? undefined} />
      <path className={classes.curve} d={middle([...points]) ?? undefined} />
      {points.map((point) => (
        <circle
          key={point.rows}
          className={classes.point}
          cx={x(point.rows)}
          cy={y(point.accuracy.value)}
          r="4"
        />
      ))}
    </svg>
  );
}

interface AxesProps {
  axis: Axis;
  rows: readonly number[];
  x: (rows: number) => number;
  y: (accuracy: number) => number;
}

function Axes({ axis, rows, x, y }: AxesProps) {
  const floor = HEIGHT - MARGIN.bottom;
  return (
    <>
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line
            className={squareClasses.grid}
            x1={MARGIN.left}
            x2={WIDTH - MARGIN.right}
            y1={y(tick)}
            y2={y(tick)}
          />
          <text className={squareClasses.tick} x={MARGIN.left - 8} y={y(tick) + 4} textAnchor="end">
            {Math.round(tick * 1000) / 10}
          </text>
        </g>
      ))}
      {spacedApart(rows, x, TICK_ROOM).map((tick) => (
        <text key={tick} className={squareClasses.tick} x={x(tick)} y={floor + 16} textAnchor="middle">
          {count(tick)}
        </text>
      ))}
      <text
        className={squareClasses.axis}
        x={(MARGIN.left + WIDTH - MARGIN.right) / 2}
        y={HEIGHT - 8}
        textAnchor="middle"
      >
        training rows (log scale)
      </text>
      <text
        className={squareClasses.axis}
        textAnchor="middle"
        transform={`translate(14 ${(MARGIN.top + floor) / 2}) rotate(-90)`}
      >
        accuracy, %
      </text>
    </>
  );
}
