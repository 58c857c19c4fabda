import { expect, it } from "vitest";

import { codePoints, firstCharacters, utf8Bytes } from "./text";

it("counts characters as the server does", () => {
  expect(codePoints("a😀é")).toBe(3);
});

it.each([
  ["a😀é", 2, "a😀"],
  ["abc", 3, "abc"],
  ["abc", 9, "abc"],
])("gives the first characters of %s", (text, most, first) => {
  expect(firstCharacters(text, most)).toBe(first);
});

it.each(["", "plain", "é", "€", "😀", "a😀é€\u0000", "\ud83d alone"])(
  "knows how many bytes %j is sent as",
  (text) => {
    expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
  },
);
