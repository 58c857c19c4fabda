import { useElementSize } from "@mantine/hooks";
import { scaleLinear, type ScaleLinear } from "d3-scale";
import { curveMonotoneX, line } from "d3-shape";
import type { KeyboardEvent, PointerEvent } from "react";

import { percent } from "../../../lib/format";
import { probability } from "../../../lib/units";
import type { Track } from "./track";
import type { Turn, Value } from "./timeline";
import type { Written } from "./turning-point";
import classes from "./timeline-chart.module.css";

const HEIGHT = 260;
const MARGIN = { top: 14, right: 14, bottom: 26, left: 14 };
/** Used until the browser reports the width. */
const DEFAULT_WIDTH = 600;
const PAGE = 10;
/** Above this many comments, the points are drawn smaller. */
const LARGE_POINTS = 150;

interface TimelineProps {
  comments: readonly Written[];
  values: readonly Value[];
  /** Empty if turned off. */
  average: readonly Value[];
  turn: Turn | undefined;
  track: Track;
  sureFrom: number | undefined;
  current: number;
  onCurrent: (comment: number) => void;
}

/**
 * A point per comment from left to right, with their moving average. A slider for keyboards and screen readers; the table
 * below has the same figures.
 */
export function Timeline(props: TimelineProps) {
  const { comments, values, track, current, onCurrent } = props;
  const { ref, width: measured } = useElementSize();
  const width = measured || DEFAULT_WIDTH;
  const last = comments.length - 1;
  const x = scaleLinear([0, Math.max(1, last)], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([0, 1], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const go = (to: number) => onCurrent(Math.min(last, Math.max(0, to)));

  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, current, last);
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    go(Math.round(x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left)));
  };

  return (
    <div className={classes.chart}>
      <div className={classes.end} data-side="right">
        {track.ends.right}
      </div>
      <div
        ref={ref}
        className={classes.plot}
        role="slider"
        tabIndex={0}
        aria-label="Comment"
        aria-valuemin={1}
        aria-valuemax={comments.length}
        aria-valuenow={current + 1}
        aria-valuetext={describePoint(comments[current], current, values[current], track)}
        onKeyDown={onKeyDown}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
      >
        <svg width="100%" height={HEIGHT} aria-hidden="true">
          <Drawing {...props} x={x} y={y} width={width} />
        </svg>
      </div>
      <div className={classes.end} data-side="left">
        {track.ends.left}
      </div>
    </div>
  );
}

type Scale = ScaleLinear<number, number>;
type DrawingProps = TimelineProps & { x: Scale; y: Scale; width: number };

function Drawing({ values, average, turn, track, sureFrom, current, comments, x, y, width }: DrawingProps) {
  const path = line<Value>(
    (_, i) => x(i),
    (value) => y(value ?? 0),
  )
    .defined((value) => value !== undefined)
    .curve(curveMonotoneX);
  const value = values[current];
  const radius = comments.length > LARGE_POINTS ? 2.5 : 4.5;
  const turnAt = turn ? x(turn.at - 0.5) : undefined;
  return (
    <>
      {sureFrom === undefined || !track.isPair ? null : (
        <rect
          className={classes.unsure}
          x="0"
          width={width}
          y={y(sureFrom)}
          height={y(1 - sureFrom) - y(sureFrom)}
        />
      )}
      <line className={classes.middle} x1="0" x2={width} y1={y(0.5)} y2={y(0.5)} />
      {turnAt === undefined ? null : (
        <g className={classes.turn}>
          <line x1={turnAt} x2={turnAt} y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
          <text
            x={turnAt}
            y={HEIGHT - 8}
            textAnchor={turnAt < 80 ? "start" : turnAt > width - 80 ? "end" : "middle"}
          >
            turning point
          </text>
        </g>
      )}
      <line
        className={classes.now}
        x1={x(current)}
        x2={x(current)}
        y1={MARGIN.top}
        y2={HEIGHT - MARGIN.bottom}
      />
      {values.map((score, i) =>
        score === undefined ? null : (
          <circle
            key={i}
            className={classes.point}
            data-side={sideAt(score, sureFrom)}
            cx={x(i)}
            cy={y(score)}
            r={radius}
          />
        ),
      )}
      <path className={classes.average} d={path(average) ?? undefined} />
      {value === undefined ? null : (
        <circle className={classes.ring} cx={x(current)} cy={y(value)} r={radius + 4} />
      )}
    </>
  );
}

function keyTarget(key: string, current: number, last: number): number | undefined {
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return current + 1;
    case "ArrowLeft":
    case "ArrowDown":
      return current - 1;
    case "PageUp":
      return current + PAGE;
    case "PageDown":
      return current - PAGE;
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

function sideAt(value: number, sureFrom = 0.5): "left" | "right" | undefined {
  if (value >= sureFrom) return "right";
  return value <= 1 - sureFrom ? "left" : undefined;
}

function describePoint(comment: Written | undefined, at: number, value: Value, { label }: Track): string {
  const by = comment?.author === undefined ? "" : `, by ${comment.author}`;
  const score = value === undefined ? "not scored" : `${percent(probability(value))} ${label}`;
  return `Comment ${at + 1}${by}: ${score}`;
}
