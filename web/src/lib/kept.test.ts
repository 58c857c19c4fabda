import { afterEach, expect, it, vi } from "vitest";

import { forget, keep, kept } from "./kept";

afterEach(async () => {
  vi.restoreAllMocks();
  await forget("a", "b");
});

it("keeps plain data until it is forgotten", async () => {
  expect(await keep("a", { rows: [1, 2], by: new Map([["a", 1]]) })).toBe(true);
  expect(await kept("a")).toEqual({ rows: [1, 2], by: new Map([["a", 1]]) });
  expect(await forget("a")).toBe(true);
  expect(await kept("a")).toBeUndefined();
});

it("removes what is older than a week", async () => {
  await keep("a", 1);
  const day = 24 * 3_600_000;
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + 6 * day);
  expect(await kept("a")).toBe(1);
  vi.spyOn(Date, "now").mockReturnValue(now + 8 * day);
  expect(await kept("a")).toBeUndefined();
  vi.restoreAllMocks();
  expect(await kept("a")).toBeUndefined();
});

it("says so where the browser keeps nothing", async () => {
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  expect(await keep("b", 1)).toBe(false);
  expect(await kept("b")).toBeUndefined();
  expect(await forget("b")).toBe(false);
});
