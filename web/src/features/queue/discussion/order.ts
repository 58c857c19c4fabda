/** In which order the table shows the comments. */
import type { Comment } from "./comment";

export const ORDERS = [
  { value: "place", name: "as pasted" },
  { value: "lowest", name: "lowest score" },
  { value: "highest", name: "highest score" },
  { value: "author", name: "author" },
  { value: "newest", name: "newest" },
] as const;
export type Order = (typeof ORDERS)[number]["value"];

export const orderIn = (value: string | undefined): Order =>
  ORDERS.find((order) => order.value === value)?.value ?? "place";

/** The places of the comments in this order; those without a score, an author or a time come last. */
export function rowsIn(
  order: Order,
  comments: readonly Comment[],
  scoreOf: (text: string) => number | undefined,
): number[] {
  const rows = comments.map((_, place) => place);
  if (order === "place") return rows;
  const keyed = rows.map((place) => ({ place, key: keyOf(order, comments[place], scoreOf) }));
  return keyed
    .sort(({ key: one }, { key: other }) => {
      if (one === undefined || other === undefined)
        return Number(one === undefined) - Number(other === undefined);
      return typeof one === "string" ? one.localeCompare(`${other}`) : one - Number(other);
    })
    .map(({ place }) => place);
}

function keyOf(
  order: Order,
  comment: Comment | undefined,
  scoreOf: (text: string) => number | undefined,
): string | number | undefined {
  if (!comment) return undefined;
  if (order === "author") return comment.author;
  if (order === "newest") return comment.at === undefined ? undefined : -Date.parse(comment.at);
  const score = scoreOf(comment.text);
  return score === undefined ? undefined : order === "lowest" ? score : -score;
}

/** A time in the reader's own zone; "" if it isn't known. */
export const timeWords = (at: string | undefined): string =>
  at === undefined ? "" : new Date(at).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
