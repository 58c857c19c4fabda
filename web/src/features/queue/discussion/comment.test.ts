import { expect, it } from "vitest";

import type { ReadComment } from "../../../api/generated";
import { commentsOf } from "./comment";

const read = (id: string, given: Partial<ReadComment>): ReadComment => ({
  id,
  parent: null,
  author: null,
  created_at: null,
  text: "",
  body: "",
  score: null,
  line: 1,
  ...given,
});

it("gives the comments their quotes, times and parents", () => {
  const comments = [
    read("7", { author: "Ann", text: "Fine.", body: "Fine.", created_at: "2026-11-29T11:00:00Z" }),
    read("9", { parent: "7", text: "No.", body: "> Fine.\n> Really.\nNo.", line: 3 }),
    read("10", { parent: "3", text: "> all of it", body: "> all of it" }),
  ];
  const response = { format: "x", split: "site" as const, title: null, comments, left_out: [], warnings: [] };
  expect(commentsOf(response)).toEqual([
    { author: "Ann", text: "Fine.", quote: "", line: 1, at: "2026-11-29T11:00:00Z", parent: undefined },
    { author: undefined, text: "No.", quote: "Fine.\nReally.", line: 3, at: undefined, parent: 0 },
    { author: undefined, text: "> all of it", quote: "", line: 1, at: undefined, parent: undefined },
  ]);
});
