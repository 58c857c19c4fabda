import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

import { count } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import { RowScore } from "./row-score";
import classes from "./row-table.module.css";
import type { Run } from "./session";

const ROW_HEIGHT = 44;
const ROWS_BEYOND = 12;
/** A line of the table shows no more of a long text. */
const SHOWN_CHARS = 300;

interface RowTableProps {
  run: Run;
  shown: readonly number[];
  ends: Sides | undefined;
  onOpen: (row: number) => void;
}

/** Every row, of which only those in sight are in the document. */
export function RowTable({ run: { texts, scores, table, column }, shown, ends, onOpen }: RowTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- it warns users of the React Compiler, which is not used
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: ROWS_BEYOND,
  });
  return (
    <div ref={scroller} className={classes.scroller} role="region" aria-label="Scored rows" tabIndex={0}>
      <div role="table" aria-label="Scored rows" aria-rowcount={shown.length + 1}>
        <div role="row" aria-rowindex={1} className={classes.head}>
          <span role="columnheader">Row</span>
          <span role="columnheader">Score</span>
          <span role="columnheader">{table.columns[column]}</span>
        </div>
        {shown.length === 0 ? (
          <div role="row" className={classes.none}>
            <span role="cell">No row is like that.</span>
          </div>
        ) : null}
        <div role="rowgroup" className={classes.body} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const row = shown[index] ?? 0;
            return (
              <div
                key={row}
                role="row"
                aria-rowindex={index + 2}
                className={classes.row}
                style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
              >
                <span role="cell" className={classes.number}>
                  {count(row + 1)}
                </span>
                <span role="cell">
                  <RowScore scores={scores} row={row} ends={ends} />
                </span>
                <span role="cell" className={classes.text} dir="auto">
                  <UnstyledButton className={classes.open} onClick={() => onOpen(row)}>
                    {(texts[row] ?? "").slice(0, SHOWN_CHARS).trim() || <em>empty</em>}
                  </UnstyledButton>
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
