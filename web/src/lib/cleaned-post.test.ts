import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { cleaned, cleanedPost, holdsPosts } from "./cleaned-post";

interface Case {
  name: string;
  post: string;
  own: string | null;
}

const CASES = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../tests/tables/cases/posts.json"), "utf8"),
) as Case[];

describe("cleaned", () => {
  it.each(CASES)("does what Python does: $name", ({ post, own }) => {
    expect(cleaned(post) ?? null).toBe(own);
  });

  it.each([
    "[quote]",
    "[quote=",
    "> ",
    "> a\n",
    "```a\n\n",
    "[",
    "<",
    "<a ",
    "<!--",
    "<!---->",
    "<blockquote>",
    "<div class='quote'>",
    "&am",
    "`a ",
  ])("takes a megabyte of %j", (part) => {
    expect(cleaned(`Mine.\n\n${part.repeat(1_000_000 / part.length)}`)).toMatch(/^Mine\./);
  });
});

describe("cleanedPost", () => {
  it.each([
    ["quoted lines", "Ann wrote:\n> Fine.\n> Really.\n\nNo.", "Fine.\nReally."],
    ["BBCode", "[quote=Ann][b]Fine.[/b][/quote]No.", "Fine."],
    ["HTML", '<div class="quote">Fine.</div><p>No.</p>', "Fine."],
    ["code", "No.\n```\nx = 1\n```", "x = 1"],
    ["a signature", "No.\n-- \nAnn", "-- \nAnn"],
    ["nothing", "No, [b]never[/b].", ""],
  ])("says what was left out: %s", (_what, post, leftOut) => {
    expect(cleanedPost(post).leftOut).toBe(leftOut);
  });
});

describe("holdsPosts", () => {
  const reviews = Array.from({ length: 98 }, (_, i) => `A film, number ${i}.`);

  it.each([
    ["none has quotes", reviews, false],
    ["one does by chance", [...reviews, "> Fine.\nNo."], false],
    ["several do", [...reviews, "> Fine.\nNo.", "<blockquote>Fine.</blockquote><p>No.</p>"], true],
    ["there are no texts", [], false],
  ])("tells posts from other texts where %s", (_what, texts, expected) => {
    expect(holdsPosts(texts)).toBe(expected);
  });
});
