/** The comments of a discussion, as the server read them. */
import type { DiscussionResponse, ReadComment } from "../../../api/generated";

export interface Comment {
  /** The author, if the text names one. */
  author: string | undefined;
  /** The author's own text, without quotes, code and signature. */
  text: string;
  /** What was quoted, without quote marks; "" if nothing. */
  quote: string;
  /** The line where the comment starts in the pasted text, from 1. */
  line: number;
  /** When it was written (ISO 8601), if the text shows it. */
  at: string | undefined;
  /** The place of the comment that it answers, from 0, if that is shown. */
  parent: number | undefined;
}

/** How a discussion is split: as a page of a known site, at names, at empty lines, or at every line. */
export type Cut = DiscussionResponse["split"];

export function commentsOf({ comments }: DiscussionResponse): Comment[] {
  const places = new Map(comments.map(({ id }, place) => [id, place]));
  return comments.map((comment) => ({
    author: comment.author ?? undefined,
    text: comment.text,
    quote: quoteIn(comment),
    line: comment.line,
    at: comment.created_at ?? undefined,
    parent: comment.parent === null ? undefined : places.get(comment.parent),
  }));
}

/** The quoted lines, unless they count as the author's words. */
function quoteIn({ body, text }: ReadComment): string {
  if (body.trim() === text.trim()) return "";
  const quoted = body.split("\n").filter((line) => line.startsWith(">"));
  return quoted
    .map((line) => line.replace(/^>\s?/, ""))
    .join("\n")
    .trim();
}
