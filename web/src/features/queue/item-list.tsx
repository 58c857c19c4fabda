import type { ReactNode } from "react";

import type { Item } from "../../api/generated";
import { VirtualTable, type Column } from "../../components/virtual-table";
import { excerpt } from "../../lib/text";
import classes from "./item-list.module.css";
import type { Order } from "./wanted";
import { ageWords, scoreWords } from "./words";

interface ItemListProps {
  items: readonly Item[];
  current: number | undefined;
  elsewhere: ReadonlySet<number>;
  now: number;
  none: string;
  order: Order;
  onOrder: (order: Order) => void;
  onOpen: (number: number) => void;
  onEnd: () => void;
}

/** All comments that are to do. */
export function ItemList(props: ItemListProps) {
  const { items, current, none, onOpen, onEnd } = props;
  return (
    <VirtualTable
      label="Comments to decide"
      columns={columnsOf(props)}
      rows={items.map(({ number }) => number)}
      current={current}
      onOpen={onOpen}
      onNearEnd={onEnd}
      none={none}
    />
  );
}

/** On a phone, the author and the time are above the comment. */
function columnsOf({ items, elsewhere, now, order, onOrder }: ItemListProps): Column[] {
  const byNumber = new Map(items.map((item) => [item.number, item]));
  const cell = (show: (item: Item) => ReactNode) => (row: number) => {
    const item = byNumber.get(row);
    return item ? show(item) : null;
  };
  return [
    {
      name: "Score",
      width: "3rem",
      phoneWidth: "3rem",
      sort: sortBy("lowest", "score", order, onOrder),
      cell: cell((item) => <Score item={item} />),
    },
    {
      name: "Author",
      width: "4.5rem",
      phoneWidth: undefined,
      quiet: true,
      cell: cell(({ author }) => <span title={author ?? undefined}>{author ?? "?"}</span>),
    },
    {
      name: "Time",
      width: "3.4rem",
      phoneWidth: undefined,
      quiet: true,
      sort: sortBy("oldest", "newest", order, onOrder),
      cell: cell((item) => (
        <time dateTime={item.created_at} title={new Date(item.created_at).toLocaleString()}>
          {ageWords(item.created_at, now)}
        </time>
      )),
    },
    {
      name: "Comment",
      width: "minmax(0, 1fr)",
      phoneWidth: "minmax(0, 1fr)",
      cell: cell((item) => <Comment item={item} elsewhere={elsewhere.has(item.number)} now={now} />),
    },
  ];
}

/** A press sorts by the column, the second one the other way round. */
function sortBy(
  rising: Order,
  falling: Order,
  order: Order,
  onOrder: (order: Order) => void,
): NonNullable<Column["sort"]> {
  return {
    now: order === rising ? "ascending" : order === falling ? "descending" : undefined,
    onSort: () => onOrder(order === falling ? rising : falling),
  };
}

function Score({ item }: { item: Item }) {
  return (
    <span className={classes.score} data-why={item.why}>
      {scoreWords(item)}
    </span>
  );
}

function Comment({ item, elsewhere, now }: { item: Item; elsewhere: boolean; now: number }) {
  return (
    <span className={classes.comment} data-elsewhere={elsewhere || undefined}>
      <span className={classes.meta}>
        <span className={classes.phone}>
          <span dir="auto">{item.author ?? "?"}</span> {ageWords(item.created_at, now)}
        </span>
        {item.copies > 0 ? <b> ×{item.copies + 1}</b> : null}
        {elsewhere ? <em> with another moderator</em> : null}
        {item.state === "unsure" ? <em> unsure</em> : null}
      </span>
      <span dir="auto" className={classes.excerpt}>
        {excerpt(item.text, 120)}
      </span>
    </span>
  );
}
