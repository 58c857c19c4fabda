import { Button } from "@mantine/core";
import { useMemo } from "react";

import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import classes from "./failures.module.css";
import type { Run } from "./session";

/** So many rows of one kind are named; the rest is in the table. */
const NAMED = 8;

interface FailuresProps {
  run: Run;
  failed: number;
  onShow: () => void;
}

/** The rows that could not be scored, by reason; the others went on. */
export function Failures({ run: { scores }, failed, onShow }: FailuresProps) {
  const kinds = useMemo(() => kindsOf(scores), [scores]);
  return (
    <section className={`${shared.warning} ${classes.failures}`} aria-labelledby="failures">
      <h2 id="failures">{counted(failed, "row")} could not be scored</h2>
      <ul>
        {kinds.map(({ code, detail, rows }) => (
          <li key={code}>
            {detail}{" "}
            <span>
              {rows.length === 1 ? "Row" : "Rows"}{" "}
              {rows
                .slice(0, NAMED)
                .map((row) => count(row + 1))
                .join(", ")}
              {rows.length > NAMED ? ` and ${count(rows.length - NAMED)} more` : ""}.
            </span>
          </li>
        ))}
      </ul>
      <Button variant="default" size="compact-sm" onClick={onShow}>
        Show them
      </Button>
    </section>
  );
}

interface Kind {
  code: string;
  /** The server's words about the first of them. */
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
