import { describe, expect, it } from "vitest";

import { slugOf } from "./slug";

describe("A suggested name", () => {
  it.each([
    ["My forum", "my-forum"],
    ["Café Zürich!", "cafe-zurich"],
    ["  --Off topic?-- ", "off-topic"],
    ["已删除", ""],
    ["a".repeat(80), "a".repeat(60)],
    [`${"a".repeat(59)} b`, "a".repeat(59)],
  ])("for %j is %j", (typed, name) => expect(slugOf(typed)).toBe(name));
});
