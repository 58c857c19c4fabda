import { line } from "d3-shape";

import classes from "./result-details.module.css";
import type { Place } from "./square-chart";

interface CurvePathProps {
  across: readonly number[];
  up: readonly number[];
  x: Place;
  y: Place;
}

/** A curve through its points, in order. */
export function CurvePath({ across, up, x, y }: CurvePathProps) {
  const points = across.map((value, i): [number, number] => [x(value), y(up[i] ?? 0)]);
  return <path className={classes.curve} d={line()(points) ?? undefined} />;
}
