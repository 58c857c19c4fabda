import { describe, expect, it } from "vitest";

import { commentsOf, guessCut } from "./thread";

const read = (text: string) => {
  const cut = guessCut(text);
  return { cut, comments: commentsOf(text, cut).map(({ author, text: own }) => [author, own]) };
};

describe("commentsOf", () => {
  it("splits lines", () => {
    expect(read("First.\nSecond: with a colon.\nThird.\n")).toEqual({
      cut: "lines",
      comments: [
        [undefined, "First."],
        [undefined, "Second: with a colon."],
        [undefined, "Third."],
      ],
    });
  });

  it("splits blocks at empty lines", () => {
    expect(read("First,\nof two lines.\n\n  \nSecond.\r\n\r\nThird.")).toEqual({
      cut: "blocks",
      comments: [
        [undefined, "First,\nof two lines."],
        [undefined, "Second."],
        [undefined, "Third."],
      ],
    });
  });

  it("splits at names, and keeps the authors", () => {
    expect(read("Ann: I like it.\nReally.\n\nMore of it.\n@ben_2: No.\nAnn: Why not?\n")).toEqual({
      cut: "names",
      comments: [
        ["Ann", "I like it.\nReally.\n\nMore of it."],
        ["@ben_2", "No."],
        ["Ann", "Why not?"],
      ],
    });
  });

  it.each([
    ["[12/03/2026, 10:15] Ann: Hi\n[12/03/2026, 10:16] Ben: Hello"],
    ["12.03.26, 10:15 - Ann: Hi\n12.03.26, 10:16 - Ben: Hello"],
    ["2026-03-12 10:15:02 Ann: Hi\n2026-03-12 10:16:44 Ben: Hello"],
  ])("removes a messenger's timestamps: %s", (text) => {
    expect(read(text).comments).toEqual([
      ["Ann", "Hi"],
      ["Ben", "Hello"],
    ]);
  });

  it("doesn't mistake an address or a sentence with a colon for a name", () => {
    expect(read("https://example.org\nthere is one thing that matters more: time.").comments).toEqual([
      [undefined, "https://example.org"],
      [undefined, "there is one thing that matters more: time."],
    ]);
  });
});

describe("quotes", () => {
  it("are separated from the author's text", () => {
    const text =
      "I disagree.\n\nOn Tue, 3 Mar 2026, Ann wrote:\n\n> I love it.\n> All of it.\n\nAnd that is why.";
    expect(commentsOf(text, "blocks")).toEqual([
      { author: undefined, text: "I disagree.", quote: "", line: 1 },
      { author: undefined, text: "And that is why.", quote: "I love it.\nAll of it.", line: 8 },
    ]);
  });

  it("belong to the comment that quotes", () => {
    const text = "Ann: Fine film.\nBen: > Fine film.\nNot at all.\n";
    expect(commentsOf(text, "names")[1]).toEqual({
      author: "Ben",
      text: "Not at all.",
      quote: "Fine film.",
      line: 2,
    });
  });

  it("can be nested or escaped", () => {
    expect(commentsOf(">> old\n&gt; newer\nmine", "lines")).toEqual([
      { author: undefined, text: "mine", quote: "> old\nnewer", line: 3 },
    ]);
  });

  it.each([
    ["blocks", "Ann:\n[quote=Ben]One.\n\nTwo.[/quote]\nNo.", "Ann:\n\nNo.", "One.\n\nTwo."],
    ["lines", "[quote=Ben]One.\nTwo.[/quote]\nNo.", "No.", "One.\nTwo."],
    ["names", "Ann: [quote]\nBen: One.\n[/quote]\nNo.", "No.", "Ben: One."],
    ["blocks", "Try:\n```\nx = 1\n\ny = 2\n```\nFine.", "Try:\n\nFine.", "x = 1\n\ny = 2"],
    ["lines", "```\nx = 1\n```\nFine.", "Fine.", "x = 1"],
  ] as const)("may run over several %s: %j", (cut, text, own, quote) => {
    expect(commentsOf(text, cut)).toMatchObject([{ text: own, quote }]);
  });

  it("are text if nothing is to be left out", () => {
    expect(commentsOf("> Fine.\nNot at all.\n\n[quote]\nA\n\nB[/quote]", "blocks", false)).toEqual([
      { author: undefined, text: "> Fine.\nNot at all.", quote: "", line: 1 },
      { author: undefined, text: "[quote]\nA", quote: "", line: 4 },
      { author: undefined, text: "B[/quote]", quote: "", line: 7 },
    ]);
  });

  it("alone are not a comment", () => {
    expect(commentsOf("> only\n> quotes", "blocks")).toEqual([]);
  });
});

it("returns no comments for an empty text", () => {
  expect(commentsOf(" \n\n", "lines")).toEqual([]);
});
