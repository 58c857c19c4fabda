import { afterEach, expect, it } from "vitest";

import { takeToken, tokenIn } from "./token";

afterEach(() => window.history.replaceState(null, "", "/"));

it("is found in the query and in the fragment", () => {
  expect(tokenIn({ search: "?token=abc", hash: "" })).toBe("abc");
  expect(tokenIn({ search: "", hash: "#token=abc" })).toBe("abc");
  expect(tokenIn({ search: "?a=1", hash: "#text=token" })).toBeUndefined();
});

it("is taken out of the address, which stays as it is without one", () => {
  window.history.replaceState(null, "", "/train?token=abc");
  expect(takeToken()).toBe("abc");
  expect(window.location.href).toMatch(/\/train$/);
  window.history.replaceState(null, "", "/train#classifier=mine");
  expect(takeToken()).toBeUndefined();
  expect(window.location.hash).toBe("#classifier=mine");
});
