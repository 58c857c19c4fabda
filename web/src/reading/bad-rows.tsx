import { count, sentenceCase } from "../lib/format";
import classes from "./bad-rows.module.css";
import type { RawTable } from "./result";
import type { BadRow } from "./problem";

/** More are counted, not listed. */
const LISTED = 100;

interface BadRowsProps {
  bad: readonly BadRow[];
  unit: RawTable["unit"];
  summary: string;
}

/** The rows that can't be read, listed on demand. */
export function BadRows({ bad, unit, summary }: BadRowsProps) {
  return (
    <details className={classes.bad}>
      <summary>{summary}</summary>
      <ol>
        {bad.slice(0, LISTED).map(({ place, why }) => (
          <li key={place}>
            {sentenceCase(unit)} {count(place)}: {why}.
          </li>
        ))}
        {bad.length > LISTED ? <li>And {count(bad.length - LISTED)} more.</li> : null}
      </ol>
    </details>
  );
}
