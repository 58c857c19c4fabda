/** Which comments the list shows, and in which order, as the address has it. */
import type { Wanted } from "../../api/moderation";
import type { Change, Values } from "../../lib/fragment-state";

export const STATES = [
  { value: "open", name: "waiting and unsure" },
  { value: "waiting", name: "waiting" },
  { value: "unsure", name: "unsure" },
  { value: "decided", name: "decided" },
  { value: "passed", name: "passed" },
  { value: "all", name: "all" },
] as const;
export const ORDERS = [
  { value: "score", name: "highest score" },
  { value: "lowest", name: "lowest score" },
  { value: "newest", name: "newest" },
  { value: "oldest", name: "oldest" },
] as const;
export type Order = (typeof ORDERS)[number]["value"];
export const REASONS_TO_LOOK = [
  { value: "flagged", name: "flagged" },
  { value: "unsure", name: "between the thresholds" },
  { value: "blind", name: "blind" },
  { value: "unreadable", name: "not readable" },
  { value: "unscored", name: "not scored" },
] as const;

/** Values in the address that narrow the list. */
export const FILTERS = ["state", "why", "label", "author", "thread", "search"] as const;

function chosen<Value extends string>(
  options: readonly { value: Value }[],
  value: string | undefined,
): Value | undefined {
  return options.find((option) => option.value === value)?.value;
}

/** A change of the address that shows the whole list again. */
export const NO_FILTERS: Change = Object.fromEntries([...FILTERS, "item"].map((name) => [name, undefined]));

/** The comment to begin with: a link to it, or one that was chosen in a timeline. */
export const itemIn = ({ item }: Values): number | undefined =>
  /^[1-9]\d{0,15}$/.test(item ?? "") ? Number(item) : undefined;

export const orderOf = ({ order }: Values): Order => chosen(ORDERS, order) ?? "score";

const LONGEST = 200;

/** Values that the server wouldn't accept are left out: an address may say anything. */
export function wantedOf(values: Values): Wanted {
  const why = chosen(REASONS_TO_LOOK, values["why"]);
  const text = (name: string) => {
    const value = values[name]?.trim() ?? "";
    return value === "" ? {} : { [name]: value.slice(0, LONGEST) };
  };
  return {
    state: chosen(STATES, values["state"]) ?? "open",
    order: orderOf(values),
    ...(why === undefined ? {} : { why }),
    ...text("label"),
    ...text("author"),
    ...text("thread"),
    ...text("search"),
  };
}

/** Whether the list is narrowed. */
export const isFiltered = (values: Values): boolean => FILTERS.some((name) => values[name] !== undefined);
