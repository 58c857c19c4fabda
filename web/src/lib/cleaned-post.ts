/**
 * Reduces a forum post to the words of its author, so that a reply isn't scored on what it quotes. The same as
 * `valence/tables/posts.py`; both are tested on tests/tables/cases/posts.json. Works in a worker.
 */
import { decodeHTML, decodeHTMLStrict } from "entities";

import { blocksOf, withoutBbcode } from "./bbcode";
import { textOfHtml } from "./post-html";

export interface CleanedPost {
  /** The author's own words; undefined if there are none. */
  own: string | undefined;
  /** Quotes, code blocks and signatures, without their marks; "" if there are none. */
  leftOut: string;
}

type Leave = (words: string) => void;

/** What the forum shows for a post that is gone. */
const GONE = new Set(["[deleted]", "[removed]", "[deleted by user]"]);
/** Reddit and others store their HTML escaped once more. */
const ESCAPED_HTML = /^(?:\s*&lt;(?:p|div|blockquote|aside)\b|\s*&lt;!--)/;
const ENTITY = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g;

/** Their angle brackets are no tags. */
const CODE_SPAN = /`[^`\n]{1,500}`/g;
const FENCE = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const IMAGE = /!\[[^[\]\n]{0,300}\]\([^()\s]{1,2000}(?: "[^"\n]{0,300}")?\)/g;
const LINK = /\[([^[\]\n]{1,300})\]\([^()\s]{1,2000}(?: "[^"\n]{0,300}")?\)/g;

/** ">:(" and ">.<" are faces, and ">!text!<" is a spoiler, which is the author's own. */
const QUOTED = /^\s*>(?![:;=]['-]?[()[\]DPpOo/\\|<>]|[._-]{1,3}<|!.)/;
const SPOILER = />!([^\n<>]{1,2000})!</g;

const VERBS =
  "wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał|napisała|kirjoitti|написал|написала|пишет";
const DATED = new RegExp(
  `^\\s*(?:on|am|le|el|il|op|em|den|w dniu|dnia)\\s.{3,200}?(?:${VERBS})(?:\\s.{0,100})?:\\s*$`,
  "i",
);
const NAMED = new RegExp(`^\\s*@?\\S{1,60}(?: \\S{1,60}){0,2} (?:${VERBS})\\s?:\\s*$`, "i");

/**
 * Where a signature begins, and how many lines it can have. What has more below it divides a text. The delimiter is
 * "-- " (RFC 3676), but many programs remove the space.
 */
const SIGNATURES: readonly (readonly [RegExp, number])[] = [
  [/^-- $/, 12],
  [/^(?:--|_{15,})$/, 4],
];
/** An attribution, or what a phone adds. */
const LONGEST_ADDED_LINE = 400;
const FORWARDED =
  /^\s*-{2,}\s?(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|mensaje original)\s?-{2,}\s*$/i;
const SENT_FROM =
  /^\s*(?:sent from (?:my|mail for) .{1,80}|get outlook for .{1,20}|von meinem .{1,60} gesendet|envoyé de mon .{1,60}|enviado desde mi .{1,60})\s*$/i;

/** The author's own words; undefined if there are none. */
export const cleaned = (post: string): string | undefined => cleanedPost(post).own;

/**
 * An unclosed `[quote]` ends at the next blank line. Other unclosed blocks are kept, and so is indented text: people
 * indent paragraphs too.
 */
export function cleanedPost(post: string): CleanedPost {
  const text = post.replace(/\r\n?/g, "\n");
  if (GONE.has(text.trim())) return { own: undefined, leftOut: text.trim() };
  const left: string[] = [];
  const leave: Leave = (words) => left.push(words);
  const marked = withoutBbcode(asPlainText(withoutFences(text, leave), leave), leave);
  const lines = marked.replace(IMAGE, "").replace(LINK, "$1").split("\n");
  const own = withoutSignature(withoutQuotes(lines, leave), leave).join("\n").replace(SPOILER, "$1");
  return { own: tidy(own) || undefined, leftOut: tidy(left.join("\n")) };
}

const tidy = (text: string): string => text.replace(/\n{3,}/g, "\n\n").trim();

function asPlainText(post: string, leave: Leave): string {
  const text = ESCAPED_HTML.test(post) ? decodeHTML(post) : post;
  const asText = text.includes("<")
    ? textOfHtml(
        text.replace(CODE_SPAN, (span) => span.replaceAll("<", "&lt;")),
        leave,
      )
    : undefined;
  // In plain text, only a complete entity is one: "?a=1&copy=2" stays.
  return asText ?? text.replace(ENTITY, (entity) => decodeHTMLStrict(entity));
}

interface Fence {
  marks: string;
  /** Whether nothing follows the marks, so that it can close a block. */
  isBare: boolean;
}

function fenceIn(line: string): Fence | undefined {
  const match = FENCE.exec(line);
  if (!match) return undefined;
  return { marks: match[1] ?? match[3] ?? "", isBare: (match[2] ?? match[4] ?? "").trim() === "" };
}

/** Without Markdown's fenced code blocks. */
function withoutFences(text: string, leave: Leave): string {
  const lines = text.split("\n");
  const roles = fenceRoles(lines);
  lines.forEach((line, i) => {
    if (roles[i] === "code") leave(line);
  });
  return lines
    .map((line, i) => (roles[i] === "opens" ? "" : line))
    .filter((_, i) => roles[i] === "opens" || roles[i] === "text")
    .join("\n");
}

type FenceRole = "text" | "opens" | "code" | "closes";

/** What each line is to the fenced code blocks. As in CommonMark, one that is at least as long closes a fence. */
function fenceRoles(lines: readonly string[]): FenceRole[] {
  const fences = lines.map(fenceIn);
  if (!fences.some((fence) => fence !== undefined)) return lines.map(() => "text");
  const closing = longestClosingFences(fences);
  let opened = "";
  return fences.map((fence, i) => {
    if (opened !== "") {
      if (!fence?.isBare || !fence.marks.startsWith(opened)) return "code";
      opened = "";
      return "closes";
    }
    if (!fence || (closing[i]?.get(fence.marks.charAt(0)) ?? 0) < fence.marks.length) return "text";
    opened = fence.marks;
    return "opens";
  });
}

/** For each line, whether a quote or a code block continues in it that began in an earlier one. */
export function continuesBlock(lines: readonly string[]): boolean[] {
  const continues = fenceRoles(lines).map((role) => role === "code" || role === "closes");
  const blocks = blocksOf(lines.join("\n"));
  let start = 0;
  lines.forEach((line, i) => {
    while (blocks[0] && blocks[0].end <= start) blocks.shift();
    if (blocks[0] && blocks[0].start < start) continues[i] = true;
    start += line.length + 1;
  });
  return continues;
}

/** For each line, the length of the longest closing fence of each kind below it. */
function longestClosingFences(fences: readonly (Fence | undefined)[]): Map<string, number>[] {
  let longest = new Map<string, number>();
  const below = fences.toReversed().map((fence) => {
    const here = longest;
    const kind = fence?.marks.charAt(0) ?? "";
    if (fence?.isBare && fence.marks.length > (longest.get(kind) ?? 0)) {
      longest = new Map(longest).set(kind, fence.marks.length);
    }
    return here;
  });
  return below.reverse();
}

/** Without quoted lines and the line above them that says who wrote them. */
function withoutQuotes(lines: readonly string[], leave: Leave): string[] {
  const own: string[] = [];
  let isQuote = false;
  for (const line of lines) {
    if (QUOTED.test(line)) {
      if (!isQuote) {
        dropAttribution(own);
        own.push("");
      }
      isQuote = true;
      leave(line.replace(/^\s*> ?/, ""));
    } else {
      own.push(line);
      isQuote &&= line.trim() === "";
    }
  }
  return own;
}

/** Whether a line, which must be above a quote, says who wrote it: "On Tuesday, Ann wrote:". */
export const isAttribution = (line: string): boolean =>
  line.length <= LONGEST_ADDED_LINE && (DATED.test(line) || NAMED.test(line));

/** Whether a line begins with the mark of a quote, escaped or not. */
export const isQuoted = (line: string): boolean => QUOTED.test(line.replace(/^\s*&gt;/, ">"));

/** In forum posts, at least this number and this share of the sampled texts have something that is left out. */
const SOME_POSTS = 2;
const POSTS_SHARE = 0.02;

/** Whether texts, of which a sample is enough, look like forum posts: several quote, or have code or a signature. */
export function holdsPosts(texts: readonly string[]): boolean {
  const posts = texts.filter((text) => cleanedPost(text).leftOut !== "").length;
  return posts >= Math.max(SOME_POSTS, POSTS_SHARE * texts.length);
}

/** Removes the attribution at the end of `own`. A mail program may have wrapped it into two lines. */
function dropAttribution(own: string[]): void {
  while (own.at(-1)?.trim() === "") own.pop();
  const last = own.slice(-2).filter((line) => line.length <= LONGEST_ADDED_LINE);
  const above = last.at(-1);
  if (above !== undefined && isAttribution(above)) own.pop();
  else if (last.length === 2 && DATED.test(last.join(" "))) own.splice(-2);
}

/** Without a signature, a forwarded message, and what a phone adds at the end. */
function withoutSignature(lines: readonly string[], leave: Leave): string[] {
  let end = lines.length;
  let filled = 0;
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const line = lines[i] ?? "";
    if (FORWARDED.test(line) || SIGNATURES.some(([mark, most]) => filled <= most && mark.test(line))) end = i;
    if (line.trim() !== "") filled += 1;
  }
  while (end > 0 && isAdded(lines[end - 1] ?? "")) end -= 1;
  lines.slice(end).forEach(leave);
  return lines.slice(0, end);
}

const isAdded = (line: string): boolean =>
  line.trim() === "" || (line.length <= LONGEST_ADDED_LINE && SENT_FROM.test(line));
