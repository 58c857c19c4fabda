import { UnstyledButton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type CSSProperties, type ReactNode } from "react";

import classes from "./virtual-table.module.css";

const ROW_HEIGHT = 44;
/** As the style sheet has it. */
const HEAD_HEIGHT = 36;
const ROWS_BEYOND = 12;

export interface Column {
  name: string;
  /** As CSS has it in grid-template-columns; `phoneWidth` where there is little room, left out there where undefined. */
  width: string;
  phoneWidth: string | undefined;
  /** The last column's cells are the row's button. */
  cell: (row: number) => ReactNode;
  /** Numbers and names, beside what the table is about. */
  quiet?: boolean;
}

interface VirtualTableProps {
  label: string;
  columns: readonly Column[];
  /** Which rows, in the order to be shown. */
  rows: readonly number[];
  /** The row that is looked at; it is kept in sight. */
  current?: number | undefined;
  onOpen: (row: number) => void;
  /** What stands in place of rows where there are none. */
  none: string;
}

/** A table of any length: only the rows in sight are in the document. Each row opens on a click. */
export function VirtualTable({ label, columns, rows, current, onOpen, none }: VirtualTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- it warns users of the React Compiler, which is not used
  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: ROWS_BEYOND,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT, // the names stay on top of the rows
  });
  useEffect(() => {
    const at = current === undefined ? -1 : rows.indexOf(current);
    if (at >= 0) lines.scrollToIndex(at, { align: "auto" });
  }, [current, rows, lines]);

  const widths = {
    "--table-columns": columns.map(({ width }) => width).join(" "),
    "--table-columns-phone": columns.flatMap(({ phoneWidth }) => phoneWidth ?? []).join(" "),
  } as CSSProperties;
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      style={widths}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="row" aria-rowindex={1} className={classes.head}>
          {columns.map(({ name, phoneWidth }, i) => (
            <span key={i} role="columnheader" data-wide={phoneWidth === undefined || undefined}>
              {name}
            </span>
          ))}
        </div>
        {rows.length === 0 ? (
          <div role="row" className={classes.none}>
            <span role="cell">{none}</span>
          </div>
        ) : null}
        <div role="rowgroup" className={classes.body} style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map(({ index, start }) => {
            const row = rows[index] ?? 0;
            return (
              <div
                key={row}
                role="row"
                aria-rowindex={index + 2}
                aria-current={row === current || undefined}
                className={classes.row}
                style={{ height: ROW_HEIGHT, transform: `translateY(${start - HEAD_HEIGHT}px)` }}
              >
                <Cells columns={columns} row={row} onOpen={onOpen} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

type CellsProps = Pick<VirtualTableProps, "columns" | "onOpen"> & { row: number };

function Cells({ columns, row, onOpen }: CellsProps) {
  return columns.map(({ phoneWidth, cell, quiet }, i) => (
    <span
      key={i}
      role="cell"
      dir="auto"
      className={classes.cell}
      data-quiet={quiet}
      data-wide={phoneWidth === undefined || undefined}
    >
      {i === columns.length - 1 ? (
        <UnstyledButton className={classes.open} onClick={() => onOpen(row)}>
          {cell(row)}
        </UnstyledButton>
      ) : (
        cell(row)
      )}
    </span>
  ));
}
