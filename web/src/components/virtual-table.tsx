import { UnstyledButton } from "@mantine/core";
import { useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";

import { indexAfterKey } from "./table-keys";
import classes from "./virtual-table.module.css";

const ROW_HEIGHT = 44;
/** The same as in the style sheet. */
const HEAD_HEIGHT = 36;
const ROWS_BEYOND = 12;

export interface Column {
  name: string;
  /** Values for grid-template-columns; on phones `phoneWidth`, or hidden if undefined. */
  width: string;
  phoneWidth: string | undefined;
  /** The last column's cells are the row's button. */
  cell: (row: number) => ReactNode;
  /** For secondary columns. */
  quiet?: boolean;
}

interface VirtualTableProps {
  label: string;
  columns: readonly Column[];
  /** The rows, in the order to be shown. */
  rows: readonly number[];
  /** The selected row; it is scrolled into view. */
  current?: number | undefined;
  onOpen: (row: number) => void;
  /** Shown if there are no rows. */
  none: string;
  /** The initial scroll position in pixels, and a callback when it changes. */
  initialTop?: number;
  onScrolled?: (top: number) => void;
  ref?: Ref<HTMLDivElement>;
}

/**
 * A table of any length that renders only the visible rows. It is one tab stop: arrow keys, Home, End, Page Up and Page Down
 * move through the rows, Enter opens one. The focus stays on the table, which points to the active row with
 * aria-activedescendant, so that scrolling or sorting a row away doesn't lose the focus.
 */
export function VirtualTable(props: VirtualTableProps) {
  const { label, columns, rows, current, onOpen, none, initialTop = 0, onScrolled, ref } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const merged = useMergedRef(scroller, ref);
  const id = useId();
  // eslint-disable-next-line react-hooks/incompatible-library -- a warning for the React Compiler, which is not used
  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: ROWS_BEYOND,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT, // the header stays above the rows
    initialOffset: initialTop,
  });
  const [activeRow, setActiveRow] = useStateFollowing(current);
  const active = Math.max(0, activeRow === undefined ? 0 : rows.indexOf(activeRow));
  useEffect(() => {
    const at = current === undefined ? -1 : rows.indexOf(current);
    if (at >= 0) lines.scrollToIndex(at, { align: "auto" });
  }, [current, rows, lines]);

  const idOf = (row: number) => `${id}-row-${row}`;
  const visible = lines.getVirtualItems();
  const open = (row: number) => {
    setActiveRow(row);
    scroller.current?.focus({ preventScroll: true }); // the row's button may be gone when the focus returns
    onOpen(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || rows.length === 0) return;
    const opens = event.key === "Enter" || event.key === " ";
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const to = opens ? active : indexAfterKey(event.key, active, rows.length - 1, page);
    if (to === undefined) return;
    event.preventDefault();
    const row = rows[to] ?? 0;
    if (opens) {
      open(row);
      return;
    }
    setActiveRow(row);
    lines.scrollToIndex(to, { align: "auto" });
  };

  return (
    <div
      ref={merged}
      className={classes.scroller}
      style={widthsOf(columns)}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={
        visible.some(({ index }) => index === active) ? idOf(rows[active] ?? 0) : undefined
      }
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => onScrolled?.(event.currentTarget.scrollTop)}
    >
      <div role="row" aria-rowindex={1} className={classes.head}>
        {columns.map(({ name, phoneWidth }, i) => (
          <span key={i} role="columnheader" data-wide={phoneWidth === undefined || undefined}>
            {name}
          </span>
        ))}
      </div>
      {rows.length === 0 ? (
        <div role="row" className={classes.none}>
          <span role="gridcell">{none}</span>
        </div>
      ) : null}
      <div role="rowgroup" className={classes.body} style={{ height: lines.getTotalSize() }}>
        {visible.map(({ index, start }) => {
          const row = rows[index] ?? 0;
          return (
            <div
              key={row}
              id={idOf(row)}
              role="row"
              aria-rowindex={index + 2}
              aria-current={row === current || undefined}
              data-active={index === active || undefined}
              className={classes.row}
              style={{ height: ROW_HEIGHT, transform: `translateY(${start - HEAD_HEIGHT}px)` }}
            >
              <Cells columns={columns} row={row} onOpen={open} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** State that is reset to `leader` whenever `leader` changes. */
function useStateFollowing<Value>(leader: Value): [Value, (value: Value) => void] {
  const [state, setState] = useState({ leader, value: leader });
  if (state.leader !== leader) setState({ leader, value: leader ?? state.value });
  return [state.value, (value) => setState({ leader, value })];
}

const widthsOf = (columns: readonly Column[]): Record<`--${string}`, string> => ({
  "--table-columns": columns.map(({ width }) => width).join(" "),
  "--table-columns-phone": columns.flatMap(({ phoneWidth }) => phoneWidth ?? []).join(" "),
});

type CellsProps = Pick<VirtualTableProps, "columns" | "onOpen"> & { row: number };

function Cells({ columns, row, onOpen }: CellsProps) {
  return columns.map(({ phoneWidth, cell, quiet }, i) => (
    <span
      key={i}
      role="gridcell"
      dir="auto"
      className={classes.cell}
      data-quiet={quiet}
      data-wide={phoneWidth === undefined || undefined}
    >
      {i === columns.length - 1 ? (
        <UnstyledButton className={classes.open} tabIndex={-1} onClick={() => onOpen(row)}>
          {cell(row)}
        </UnstyledButton>
      ) : (
        cell(row)
      )}
    </span>
  ));
}
