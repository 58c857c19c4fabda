import { describe, expect, it } from "vitest";

import { MOST_PACKED_CHARS, packed, unpacked } from "./link";

const draft = (text: string) => ({ text, cut: undefined, isWhole: undefined });

describe("A discussion in a link", () => {
  it.each([
    draft("Ann: naïve 🎬 <b>\nBen: = ä?/+&#"),
    { text: "one\n\ntwo", cut: "blocks", isWhole: true } as const,
  ])("comes back as it was: %j", async (given) => {
    const value = await packed(given);
    expect(value).toMatch(/^[\w-]+$/);
    expect(await unpacked(value ?? "")).toEqual(given);
  });

  it("holds an ordinary discussion, and none that is too long", async () => {
    const comments = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `user${i % 9}: I read part ${i} ${i * i} times, ${i ** 3}.`,
      ).join("\n");
    expect((await packed(draft(comments(100))))?.length).toBeLessThan(MOST_PACKED_CHARS);
    expect(await packed(draft(comments(5000)))).toBeUndefined();
  });

  it.each(["", "not packed", "A".repeat(MOST_PACKED_CHARS + 1)])("is nothing else: %.20s", async (value) =>
    expect(await unpacked(value)).toBeUndefined(),
  );

  it("is refused if it was cut off, or isn’t a discussion", async () => {
    const value = (await packed(draft("Ann: a text that is cut off"))) ?? "";
    expect(await unpacked(value.slice(0, -9))).toBeUndefined();
    for (const other of [{ text: 1 }, { text: " " }, null, { text: "a".repeat(2_000_001) }]) {
      const wrong = await packed(other as never);
      expect(await unpacked(wrong ?? "")).toBeUndefined();
    }
    expect(await unpacked((await packed({ text: "a", cut: "x", isWhole: 1 } as never)) ?? "")).toEqual(
      draft("a"),
    );
  });
});
