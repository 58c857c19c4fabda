/** The list of comments as this tab shows it: which one is open, what was decided, who has what. Pure functions. */
import type { Item } from "../../api/generated";

export type Choice =
  { action: "approve" | "remove" | "unsure"; labels?: undefined } | { action: "label"; labels: string[] };

/** A decision that was made in this tab. */
export interface Made {
  request: string;
  item: Item;
  choice: Choice;
  reason: number | undefined;
  /** Whether it is also about the copies. */
  copies: boolean;
}

export interface WorkList {
  /** Number of the comment that is shown; undefined for the first one. */
  current: number | undefined;
  /** The decisions of this tab that weren't undone, the newest last. */
  made: readonly Made[];
  /** Numbers of comments that are no longer to do: this tab or somebody else decided them. */
  done: ReadonlySet<number>;
  /** Numbers of comments that this tab holds, so that nobody else gets them. */
  held: ReadonlySet<number>;
  /** Numbers of comments that others hold. */
  elsewhere: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();
export const EMPTY: WorkList = { current: undefined, made: [], done: NONE, held: NONE, elsewhere: NONE };

/** How many comments a tab holds: the one that is shown, and the next ones. */
export const HELD = 12;
/** With fewer held ones ahead, the tab asks for more. */
const LOW = 6;

/** The comments that are still to do, in the order of the list. */
export const openItems = (items: readonly Item[], { done }: WorkList): Item[] =>
  items.filter(({ number }) => !done.has(number));

/** The place of the comment that is shown: the chosen one, else the next one that nobody else has. -1 without one. */
export function placeOf(open: readonly Item[], { current, elsewhere }: WorkList): number {
  const chosen = open.findIndex(({ number }) => number === current);
  const isFree = ({ number }: Item) => !elsewhere.has(number);
  const next = open.findIndex((item, at) => at >= chosen && isFree(item));
  return next >= 0 ? next : open.findIndex(isFree);
}

/** The next comment in a direction that nobody else has; the same one at the end. */
export function moved(open: readonly Item[], list: WorkList, by: 1 | -1): WorkList {
  const from = placeOf(open, list);
  let at = from + by;
  while (open[at] && list.elsewhere.has(open[at]?.number ?? 0)) at += by;
  return { ...list, current: (open[at] ?? open[from])?.number };
}

/** A decision about the comment that is shown: the next one is shown, or the one before it at the end. */
export function withDecision(open: readonly Item[], list: WorkList, made: Made): WorkList {
  const { number } = made.item;
  const next = moved(open, list, 1);
  const { current } = next.current === number ? moved(open, list, -1) : next;
  return {
    ...list,
    current: current === number ? undefined : current,
    made: [...list.made, made],
    done: new Set([...list.done, number]),
  };
}

/** A decision was refused, so that its comment is still to do. What is shown stays: the moderator is further on. */
export const withReturned = (list: WorkList, { request, item }: Made): WorkList => ({
  ...list,
  made: list.made.filter((each) => each.request !== request),
  done: new Set([...list.done].filter((number) => number !== item.number)),
});

/** A decision is taken back: its comment is shown again, and is this tab's as before. */
export const withUndo = (list: WorkList, made: Made): WorkList => ({
  ...withReturned(list, made),
  current: made.item.number,
  held: new Set([...list.held, made.item.number]),
});

/** The decision came too late: somebody else decided the comment, or it was deleted. */
export const withLost = (list: WorkList, { request }: Made): WorkList => ({
  ...list,
  made: list.made.filter((each) => each.request !== request),
});

/** The numbers to hold: from the comment that is shown on. Only waiting comments can be held. */
export const wantedHeld = (open: readonly Item[], list: WorkList): number[] =>
  open
    .slice(Math.max(0, placeOf(open, list)))
    .filter(({ number, state }) => state === "waiting" && !list.elsewhere.has(number))
    .slice(0, HELD)
    .map(({ number }) => number);

/** Whether the tab should hold others than it does. */
export const isLow = (wanted: readonly number[], { held }: WorkList): boolean =>
  wanted.slice(0, LOW).some((number) => !held.has(number));

/** The server's answer to a request to hold comments: those that it didn't give are held by others, or decided. */
export function withHeld(list: WorkList, asked: readonly number[], got: readonly number[]): WorkList {
  const refused = asked.filter((number) => !got.includes(number) && !list.done.has(number));
  const before = [...list.elsewhere].filter((number) => !got.includes(number));
  return { ...list, held: new Set(got), elsewhere: new Set([...before, ...refused]) };
}

/** Whether a comment can be decided: it is scored, and nobody else gets it. Only waiting comments are held. */
export const isOurs = ({ number, state }: Item, { held }: WorkList): boolean =>
  state === "waiting" ? held.has(number) : state !== "scoring";

/** Forgets what others have, because it may be free by now. What is shown stays. */
export const withoutOthers = (open: readonly Item[], list: WorkList): WorkList => ({
  ...list,
  current: open[placeOf(open, list)]?.number,
  elsewhere: NONE,
});

/** Another list is shown; what was decided can still be undone. */
export const forOtherList = ({ made }: WorkList): WorkList => ({ ...EMPTY, made });
