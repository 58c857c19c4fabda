import { expect, it } from "vitest";

import { fragmentOf, readFragment } from "./fragment";

it.each(["A film & more", "100 % 😀", "פילם", "line\nline", "#text=x", "<script>"])(
  "brings %j back",
  (text) => {
    expect(readFragment(fragmentOf({ text, model: "a/b" }))).toEqual({ text, model: "a/b" });
  },
);

it("is empty without text and model", () => {
  expect(fragmentOf({ text: "", model: undefined })).toBe("");
  expect(readFragment("")).toEqual({ text: "", model: undefined });
});

it("accepts a lone surrogate", () => {
  expect(readFragment(fragmentOf({ text: "\ud83d", model: undefined })).text).toBe("\ufffd");
});
