import type { Ref } from "react";

import { VirtualTable } from "../../components/virtual-table";
import { count } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import { excerpt } from "../../lib/text";
import { describeMark } from "./describe-mark";
import { RowScore } from "./row-score";
import type { Scores } from "../../scoring/scores";
import type { Run } from "../../scoring/run";
import { session } from "./session";

interface RowTableProps {
  run: Run;
  shown: readonly number[];
  ends: Sides | undefined;
  /** The row opened last. */
  current: number | undefined;
  onOpen: (row: number) => void;
  ref: Ref<HTMLDivElement>;
}

/** The rows with their scores. */
export function RowTable({ run, shown, ends, current, onOpen, ref }: RowTableProps) {
  const { texts, scores, table, column } = run;
  return (
    <VirtualTable
      ref={ref}
      current={current}
      initialTop={session.tableTop}
      onScrolled={session.setTableTop}
      label="Scored rows"
      rows={shown}
      none="No rows match."
      onOpen={onOpen}
      columns={[
        { name: "Row", width: "4.5rem", phoneWidth: undefined, quiet: true, cell: (row) => count(row + 1) },
        {
          name: "Score",
          width: "13rem",
          phoneWidth: "6.5rem",
          cell: (row) => <RowScore scores={scores} row={row} ends={ends} />,
        },
        ...(scores.marked > 0
          ? [
              {
                name: "You",
                width: "6.5rem",
                phoneWidth: "5rem",
                quiet: true,
                cell: (row: number) => <RowMark scores={scores} row={row} />,
              },
            ]
          : []),
        {
          name: table.columns[column] ?? "Text",
          width: "minmax(0, 1fr)",
          phoneWidth: "minmax(0, 1fr)",
          cell: (row) => excerpt(texts[row] ?? "") || <em>empty</em>,
        },
      ]}
    />
  );
}

/** A person's correction, in a word. */
function RowMark({ scores, row }: { scores: Scores; row: number }) {
  const mark = scores.markOf(row);
  if (!mark) return null;
  const words = mark.label === undefined ? (mark.correct ? "correct" : "wrong") : `→ ${mark.label}`;
  return <span title={describeMark(mark)}>{words}</span>;
}
