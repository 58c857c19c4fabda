import type { Estimate, Version } from "../../api/generated";
import { fixedPercent, sentenceCase } from "../../lib/format";
import classes from "./figure-chart.module.css";
import { between } from "../../signed-in/words";

interface Row {
  name: string;
  figure: Estimate;
  own: boolean;
}

/** Shares of right answers with their intervals: this version, and other ways on the same examples. */
export function FigureChart({ version }: { version: Version }) {
  const { accuracy, beside, number } = version;
  if (!accuracy) return null;
  const rows: Row[] = [
    { name: `Version ${number}`, figure: accuracy, own: true },
    ...beside.map(({ name, accuracy: figure }) => ({ name: sentenceCase(name), figure, own: false })),
  ];
  return (
    <figure className={classes.chart} aria-label="Right answers, with 95% intervals">
      <ul>
        {rows.map((row) => (
          <ChartRow key={row.name} row={row} />
        ))}
      </ul>
      <figcaption>Share of right answers on the same texts. The bar is the 95% interval.</figcaption>
    </figure>
  );
}

function ChartRow({ row: { name, figure, own } }: { row: Row }) {
  const place = (share: number) => `${share * 100}%`;
  return (
    <li data-own={own || undefined}>
      <span className={classes.name}>{name}</span>{" "}
      <span className={classes.value}>
        {fixedPercent(figure.value, 0)} <span className={classes.range}>({between(figure)})</span>
      </span>
      <span className={classes.track} aria-hidden="true">
        <span
          className={classes.interval}
          style={{ left: place(figure.low), width: place(figure.high - figure.low) }}
        />
        <span className={classes.dot} style={{ left: place(figure.value) }} />
      </span>
    </li>
  );
}
