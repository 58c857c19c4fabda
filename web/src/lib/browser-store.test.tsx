import { afterEach, expect, it, vi } from "vitest";

import { removeItems, storeItem, loadItem } from "./browser-store";

afterEach(async () => {
  vi.restoreAllMocks();
  await removeItems("a", "b");
});

it("stores plain data until it is removed", async () => {
  expect(await storeItem("a", { rows: [1, 2], by: new Map([["a", 1]]) })).toBe(true);
  expect(await loadItem("a")).toEqual({ rows: [1, 2], by: new Map([["a", 1]]) });
  expect(await removeItems("a")).toBe(true);
  expect(await loadItem("a")).toBeUndefined();
});

it("removes expired items", async () => {
  await storeItem("a", 1);
  const day = 24 * 3_600_000;
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + 6 * day);
  expect(await loadItem("a")).toBe(1);
  vi.spyOn(Date, "now").mockReturnValue(now + 8 * day);
  expect(await loadItem("a")).toBeUndefined();
  vi.restoreAllMocks();
  expect(await loadItem("a")).toBeUndefined();
});

it("reports if the browser blocks storage", async () => {
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  expect(await storeItem("b", 1)).toBe(false);
  expect(await loadItem("b")).toBeUndefined();
  expect(await removeItems("b")).toBe(false);
});
