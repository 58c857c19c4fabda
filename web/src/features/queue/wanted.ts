/** Which comments the list shows, and in which order, as the address has it. */
import type { Wanted } from "../../api/moderation";
import type { Values } from "../../lib/fragment-state";

export const STATES = [
  { value: "open", name: "waiting and unsure" },
  { value: "waiting", name: "waiting" },
  { value: "unsure", name: "unsure" },
  { value: "decided", name: "decided" },
  { value: "passed", name: "passed" },
] as const;
export const ORDERS = [
  { value: "score", name: "highest score" },
  { value: "newest", name: "newest" },
  { value: "oldest", name: "oldest" },
] as const;
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
    order: chosen(ORDERS, values["order"]) ?? "score",
    ...(why === undefined ? {} : { why }),
    ...text("label"),
    ...text("author"),
    ...text("thread"),
    ...text("search"),
  };
}

/** Whether the list is narrowed. */
export const isFiltered = (values: Values): boolean => FILTERS.some((name) => values[name] !== undefined);
