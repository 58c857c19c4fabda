/** A fake of the operation that reads discussions: names at the beginnings of lines, or lines; quotes begin with ">". */
import { http, HttpResponse } from "msw";

import type { DiscussionRequest, DiscussionResponse, ReadComment } from "../../../api/generated";

const NAMED = /^(\w+): ?/;

function read({ text, split, clean }: DiscussionRequest): DiscussionResponse {
  const lines = text.split("\n");
  const cut = split ?? (NAMED.test(lines[0] ?? "") ? "names" : "lines");
  const comments: ReadComment[] = [];
  lines.forEach((line, i) => {
    const author = cut === "names" ? NAMED.exec(line)?.[1] : undefined;
    const words = author === undefined ? line : line.replace(NAMED, "");
    const last = comments.at(-1);
    if (cut === "names" && author === undefined && last) last.body += `\n${words}`;
    else if (words.trim() !== "") {
      const id = `${comments.length + 1}`;
      const rest = { parent: null, created_at: null, score: null };
      comments.push({ id, author: author ?? null, text: "", body: words, line: i + 1, ...rest });
    }
  });
  const own = (body: string) =>
    body
      .split("\n")
      .filter((line) => clean === "none" || !line.startsWith(">"))
      .join("\n");
  const kept = comments
    .map((comment) => ({ ...comment, text: own(comment.body) }))
    .filter((comment) => comment.text !== "");
  return { format: "text with names", split: cut, title: null, comments: kept, left_out: [], warnings: [] };
}

export const readingHandler = http.post<never, DiscussionRequest>(
  "*/api/v1/discussions/read",
  async ({ request }) => HttpResponse.json(read(await request.json())),
);
