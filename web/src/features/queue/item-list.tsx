import type { Item } from "../../api/generated";
import { VirtualTable, type Column } from "../../components/virtual-table";
import { excerpt } from "../../lib/text";
import classes from "./item-list.module.css";
import { ageWords, scoreWords } from "./words";

interface ItemListProps {
  items: readonly Item[];
  current: number | undefined;
  elsewhere: ReadonlySet<number>;
  now: number;
  none: string;
  onOpen: (number: number) => void;
  onEnd: () => void;
}

/** All comments that are to do. */
export function ItemList({ items, current, elsewhere, now, none, onOpen, onEnd }: ItemListProps) {
  const byNumber = new Map(items.map((item) => [item.number, item]));
  const columns: Column[] = [
    {
      name: "Score",
      width: "3.4rem",
      phoneWidth: "3.4rem",
      cell: (row) => {
        const item = byNumber.get(row);
        return item ? <Score item={item} /> : null;
      },
    },
    {
      name: "Comment",
      width: "minmax(0, 1fr)",
      phoneWidth: "minmax(0, 1fr)",
      cell: (row) => {
        const item = byNumber.get(row);
        return item ? <Comment item={item} elsewhere={elsewhere.has(row)} now={now} /> : null;
      },
    },
  ];
  return (
    <VirtualTable
      label="Comments to decide"
      columns={columns}
      rows={items.map(({ number }) => number)}
      current={current}
      onOpen={onOpen}
      onNearEnd={onEnd}
      none={none}
    />
  );
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
        <span dir="auto">{item.author ?? "?"}</span> {ageWords(item.created_at, now)}
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
