import { useMemo } from "react";

import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import classes from "./failures.module.css";
import type { Run } from "../../scoring/run";

/** The most row numbers to list per reason; the table has the rest. */
const NAMED = 8;
/** Empty rows are not errors, so they are only counted. */
const EMPTY = "text-empty";

interface FailuresProps {
  run: Run;
  onShow: () => void;
}

/** The rows without a score: empty ones as a count, the others by reason. */
export function Failures({ run: { scores }, onShow }: FailuresProps) {
  const kinds = useMemo(() => kindsOf(scores), [scores]);
  const empty = kinds.find(({ code }) => code === EMPTY)?.rows.length ?? 0;
  const faulty = kinds.filter(({ code }) => code !== EMPTY);
  if (kinds.length === 0) return null;
  const emptyLine = `${counted(empty, "row")} ${empty === 1 ? "is" : "are"} empty and ${empty === 1 ? "has" : "have"} no score.`;
  if (faulty.length === 0) {
    return (
      <p className={classes.line}>
        {emptyLine} <QuietButton onClick={onShow}>Show {empty === 1 ? "it" : "them"}</QuietButton>
      </p>
    );
  }
  const failed = faulty.reduce((sum, { rows }) => sum + rows.length, 0);
  return (
    <section className={`${shared.warning} ${classes.failures}`} aria-labelledby="failures">
      <h2 id="failures">{counted(failed, "row")} couldn’t be scored</h2>
      <ul>
        {faulty.map((kind) => (
          <li key={kind.code}>
            {kind.detail} <span>{describeRows(kind.rows)}</span>
          </li>
        ))}
        {empty > 0 ? <li>{emptyLine}</li> : null}
      </ul>
      <QuietButton onClick={onShow}>Show them</QuietButton>
    </section>
  );
}

interface Kind {
  code: string;
  /** The server's message for the first row. */
  detail: string;
  rows: number[];
}

function kindsOf(scores: Run["scores"]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (let row = 0; row < scores.rows; row += 1) {
    const failure = scores.failureOf(row);
    if (!failure) continue;
    const kind = kinds.get(failure.code) ?? { ...failure, rows: [] };
    kind.rows.push(row);
    kinds.set(failure.code, kind);
  }
  return [...kinds.values()];
}

function describeRows(rows: readonly number[]): string {
  const named = rows.slice(0, NAMED).map((row) => count(row + 1));
  const more = rows.length > NAMED ? ` and ${count(rows.length - NAMED)} more` : "";
  return `${rows.length === 1 ? "Row" : "Rows"} ${named.join(", ")}${more}.`;
}
