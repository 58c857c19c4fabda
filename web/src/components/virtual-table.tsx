import { UnstyledButton } from "@mantine/core";
import { useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type RefObject,
} from "react";

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
  /** The rows can be sorted by it: a press of its header does. */
  sort?: { now: "ascending" | "descending" | undefined; onSort: () => void };
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
  /** Called when the last rows come into view, if there are more to load. */
  onNearEnd?: () => void;
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
  const lines = useLines(rows, current, initialTop, scroller);
  const [activeRow, setActiveRow] = useStateFollowing(current);
  const active = Math.max(0, activeRow === undefined ? 0 : rows.indexOf(activeRow));

  const idOf = (row: number) => `${id}-row-${row}`;
  const visible = useVisible(lines, rows.length, props.onNearEnd);
  const activeId = visible.some(({ index }) => index === active) ? idOf(rows[active] ?? 0) : undefined;
  const open = (row: number) => {
    setActiveRow(row);
    scroller.current?.focus({ preventScroll: true }); // the row's button may be gone when the focus returns
    onOpen(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = keyTarget(event, active, rows.length, scroller.current?.clientHeight ?? 0);
    if (target === undefined) return;
    event.preventDefault();
    const row = rows[target.index] ?? 0;
    if (target.opens) open(row);
    else setActiveRow(row);
    lines.scrollToIndex(target.index, { align: "auto" });
  };

  return (
    <div
      ref={merged}
      className={classes.scroller}
      style={widthsOf(columns)}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={activeId}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => onScrolled?.(event.currentTarget.scrollTop)}
    >
      <Head columns={columns} />
      {rows.length === 0 ? <Empty>{none}</Empty> : null}
      <div role="rowgroup" className={classes.body} style={{ height: lines.getTotalSize() }}>
        {visible.map(({ index, start }) => {
          const row = rows[index] ?? 0;
          return (
            <Row
              key={row}
              id={idOf(row)}
              index={index}
              top={start - HEAD_HEIGHT}
              isCurrent={row === current}
              isActive={index === active}
            >
              <Cells columns={columns} row={row} onOpen={open} />
            </Row>
          );
        })}
      </div>
    </div>
  );
}

/** The visible rows; scrolls to the selected row whenever it changes. */
function useLines(
  rows: readonly number[],
  current: number | undefined,
  initialTop: number,
  scroller: RefObject<HTMLDivElement | null>,
) {
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
  useEffect(() => {
    const at = current === undefined ? -1 : rows.indexOf(current);
    if (at >= 0) lines.scrollToIndex(at, { align: "auto" });
  }, [current, rows, lines]);
  return lines;
}

/** The visible rows. Calls `onNearEnd` when the last ones, or those shortly before, are among them. */
function useVisible(lines: ReturnType<typeof useLines>, rows: number, onNearEnd: (() => void) | undefined) {
  const visible = lines.getVirtualItems();
  const isNearEnd = (visible.at(-1)?.index ?? 0) >= rows - ROWS_BEYOND;
  const call = useEffectEvent(() => onNearEnd?.());
  useEffect(() => {
    if (isNearEnd) call();
  }, [isNearEnd, rows]);
  return visible;
}

/** The row that a key press opens or moves to; undefined for other keys. */
function keyTarget(
  { key, altKey, ctrlKey, metaKey }: KeyboardEvent,
  active: number,
  rows: number,
  height: number,
): { index: number; opens: boolean } | undefined {
  if (altKey || ctrlKey || metaKey || rows === 0) return undefined;
  if (key === "Enter" || key === " ") return { index: active, opens: true };
  const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 2);
  const index = indexAfterKey(key, active, rows - 1, page);
  return index === undefined ? undefined : { index, opens: false };
}

const ARROWS = { ascending: " ↑", descending: " ↓" } as const;

function Head({ columns }: Pick<VirtualTableProps, "columns">) {
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      {columns.map(({ name, phoneWidth, sort }, i) => (
        <span
          key={i}
          role="columnheader"
          aria-sort={sort ? (sort.now ?? "none") : undefined}
          data-wide={phoneWidth === undefined || undefined}
        >
          {sort ? (
            <UnstyledButton className={classes.sort} onClick={sort.onSort}>
              {name}
              <span aria-hidden="true">{sort.now ? ARROWS[sort.now] : ""}</span>
            </UnstyledButton>
          ) : (
            name
          )}
        </span>
      ))}
    </div>
  );
}

function Empty({ children }: { children: string }) {
  return (
    <div role="row" className={classes.none}>
      <span role="gridcell">{children}</span>
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

interface RowProps {
  id: string;
  index: number;
  /** In pixels below the header. */
  top: number;
  isCurrent: boolean;
  isActive: boolean;
  children: ReactNode;
}

function Row({ id, index, top, isCurrent, isActive, children }: RowProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-current={isCurrent || undefined}
      data-active={isActive || undefined}
      className={classes.row}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
    >
      {children}
    </div>
  );
}

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
