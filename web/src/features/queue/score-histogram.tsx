import type { Histogram } from "../../api/generated";
import classes from "./thresholds-view.module.css";

const WIDTH = 600;
const HEIGHT = 120;

interface ScoreHistogramProps {
  histogram: Histogram;
  passBelow: number;
  flagFrom: number;
}

/** The community’s last scores, and where the thresholds divide them. */
export function ScoreHistogram({ histogram: { recent }, passBelow, flagFrom }: ScoreHistogramProps) {
  const most = Math.max(1, ...recent);
  const width = WIDTH / Math.max(1, recent.length);
  const zone = (score: number) => (score >= flagFrom ? "flag" : score < passBelow ? "pass" : "read");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={classes.bars}
      aria-hidden="true"
    >
      {recent.map((count, i) => (
        <rect
          key={i}
          className={classes.bar}
          data-zone={zone((i + 0.5) / recent.length)}
          x={i * width + 1}
          width={Math.max(1, width - 2)}
          y={HEIGHT - (count / most) * HEIGHT}
          height={(count / most) * HEIGHT}
        />
      ))}
      {[passBelow, flagFrom].map((at, i) => (
        <line key={i} className={classes.line} x1={at * WIDTH} x2={at * WIDTH} y1={0} y2={HEIGHT} />
      ))}
    </svg>
  );
}
