import { expect, it } from "vitest";

import type { Comment } from "./comment";
import { orderIn, rowsIn } from "./order";

const comment = (text: string, author: string | undefined, at: string | undefined): Comment => ({
  author,
  text,
  quote: "",
  line: 1,
  at,
  parent: undefined,
});
const COMMENTS = [
  comment("0.5", "Cy", "2026-11-01T00:00:00Z"),
  comment("?", undefined, undefined),
  comment("0.9", "Ann", "2026-11-03T00:00:00Z"),
  comment("0.1", "Ben", "2026-11-02T00:00:00Z"),
];
const scoreOf = (text: string) => (text === "?" ? undefined : Number(text));

it.each([
  ["place", [0, 1, 2, 3]],
  ["lowest", [3, 0, 2, 1]],
  ["highest", [2, 0, 3, 1]],
  ["author", [2, 3, 0, 1]],
  ["newest", [2, 3, 0, 1]],
] as const)("the order %s, with what isn’t known last", (order, rows) =>
  expect(rowsIn(order, COMMENTS, scoreOf)).toEqual(rows),
);

it("of an unknown name is as pasted", () => expect(orderIn("x")).toBe("place"));
