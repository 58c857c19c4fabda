import { describe, expect, it } from "vitest";

import { newItem } from "./fake-queue.testing";
import {
  EMPTY,
  HELD,
  isLow,
  isOurs,
  moved,
  openItems,
  placeOf,
  wantedHeld,
  withDecision,
  withHeld,
  withLost,
  withoutOthers,
  withReturned,
  withUndo,
  type Made,
  type WorkList,
} from "./work-list";

const ITEMS = Array.from({ length: 20 }, (_, i) => newItem(i + 1));
const made = (number: number): Made => ({
  request: `r${number}`,
  item: ITEMS[number - 1]!,
  choice: { action: "remove" },
  reason: undefined,
  copies: false,
});
/** The number that is shown. */
const shown = (list: WorkList, items = ITEMS) => {
  const open = openItems(items, list);
  return open[placeOf(open, list)]?.number;
};
const decide = (list: WorkList, number: number) =>
  withDecision(openItems(ITEMS, list), { ...list, current: number }, made(number));

describe("A decision", () => {
  it("shows the next comment", () => expect(shown(decide(EMPTY, 3))).toBe(4));
  it("at the end shows the one before", () => expect(shown(decide(EMPTY, 20))).toBe(19));
  it("about the only one shows none", () => {
    const only = ITEMS.slice(0, 1);
    expect(shown(withDecision(only, EMPTY, made(1)), only)).toBeUndefined();
  });
  it("that is undone shows its comment in its place", () => {
    const list = withUndo(decide(decide(EMPTY, 3), 4), made(4));
    expect(shown(list)).toBe(4);
    expect(list.made.map(({ request }) => request)).toEqual(["r3"]);
  });
  it("that is undone can be decided again at once", () =>
    expect(isOurs(ITEMS[2]!, withUndo(decide(EMPTY, 3), made(3)))).toBe(true));
  it("that is refused returns its comment without moving there", () => {
    const list = withReturned(decide(EMPTY, 3), made(3));
    expect(shown(list)).toBe(4);
    expect(openItems(ITEMS, list)).toHaveLength(20);
  });
  it("that came too late can’t be undone", () => {
    const list = withLost(decide(EMPTY, 3), made(3));
    expect(list.made).toEqual([]);
    expect(openItems(ITEMS, list)).toHaveLength(19);
  });
});

describe("Comments that others hold", () => {
  const list = withHeld(EMPTY, [1, 2, 3, 4], [2, 4]);

  it("are skipped", () => {
    expect(shown(list)).toBe(2);
    expect(shown(moved(ITEMS, list, 1))).toBe(4);
    expect(shown(moved(ITEMS, { ...list, current: 2 }, -1))).toBe(2);
  });
  it("make the next one be shown if they were chosen", () => expect(shown({ ...list, current: 3 })).toBe(4));
  it("are asked for again later, while the shown one stays", () => {
    const later = withoutOthers(ITEMS, list);
    expect(shown(later)).toBe(2);
    expect(wantedHeld(ITEMS, later)).toContain(3);
  });
  it("aren’t those that this tab decided meanwhile", () => {
    expect(withHeld(decide(EMPTY, 1), [1, 2], [2]).elsewhere).toEqual(new Set());
  });
});

it("lets only comments be decided that this tab holds, unless they don’t wait", () => {
  const list = withHeld(EMPTY, [1], [1]);
  expect([isOurs(ITEMS[0]!, list), isOurs(ITEMS[1]!, list)]).toEqual([true, false]);
  expect(isOurs(newItem(2, { state: "unsure" }), list)).toBe(true);
});

it("holds the shown comment and the next ones, and asks again when few are left", () => {
  const wanted = wantedHeld(ITEMS, EMPTY);
  expect(wanted).toEqual(Array.from({ length: HELD }, (_, i) => i + 1));
  expect(isLow(wanted, EMPTY)).toBe(true);
  const list = withHeld(EMPTY, wanted, wanted);
  expect(isLow(wantedHeld(ITEMS, { ...list, current: 6 }), list)).toBe(false);
  expect(isLow(wantedHeld(ITEMS, { ...list, current: 10 }), list)).toBe(true);
  const unsure = ITEMS.map((item) => ({ ...item, state: "unsure" as const }));
  expect(wantedHeld(unsure, EMPTY)).toEqual([]);
});
