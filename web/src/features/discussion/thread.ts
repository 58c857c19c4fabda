/** Splits a pasted discussion into comments. */
import { cleanedPost, continuesBlock, isAttribution, isQuoted } from "../../lib/cleaned-post";

export interface Comment {
  /** The author, if the text names one. */
  author: string | undefined;
  /** The author's own text, without quotes, code and signature. */
  text: string;
  /** What was left out, without quote marks; "" if nothing. */
  quote: string;
  /** The line where the comment starts in the pasted text, from 1. */
  line: number;
}

/** Split at names ("Ann: I think…"), at empty lines, or at every line. */
export type Cut = "names" | "blocks" | "lines";

interface Line {
  text: string;
  number: number;
  /** Whether it belongs to the same quote or code block as the line before. */
  continues: boolean;
}

/** "[12/03/2026, 10:15] " or "2026-03-12 10:15 - ", as messengers export it. */
const STAMP =
  /^\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?\]?\s*(?:[-–]\s*)?/i;
/** A name of at most four words and a colon, followed by a space or the end of the line; not "https://…". */
const NAME =
  /^((?:@|\p{Lu}|\p{Lo})[\p{L}\p{M}\p{N}.'’_@-]*(?: [\p{L}\p{M}\p{N}(][\p{L}\p{M}\p{N}.'’_)-]*){0,3}):(?:\s+|$)/u;
/** The share of lines that must start with a name for the text to be split at names. */
const MIN_NAMED_SHARE = 0.5;

/** Detects how to split a discussion. */
export function guessCut(text: string): Cut {
  const own = linesOf(text, true).filter(
    ({ text: line, continues }) => !continues && line.trim() !== "" && !isQuoted(line),
  );
  const named = own.map(({ text: line }) => nameIn(line)).filter((name) => name !== undefined);
  const first = own[0] && nameIn(own[0].text);
  const repeats = new Set(named).size < named.length;
  if (first !== undefined && named.length >= 2 && (repeats || named.length >= MIN_NAMED_SHARE * own.length)) {
    return "names";
  }
  return /\S[^\n]*\n\s*\n\s*\S/.test(text) ? "blocks" : "lines";
}

/**
 * The comments in order. A block with only a quote isn't a comment: its quote goes to the next one.
 * Unless `isCleaned`, quotes are text as any other.
 */
export function commentsOf(text: string, cut: Cut, isCleaned = true): Comment[] {
  const comments: Comment[] = [];
  let carried: string[] = [];
  for (const group of groupsOf(linesOf(text, isCleaned), cut)) {
    const { author, words } = partsOf(group, cut);
    const { own, leftOut } = isCleaned ? cleanedPost(words) : { own: words.trim(), leftOut: "" };
    const quote = [...carried, leftOut];
    if (own === undefined || own === "") {
      carried = quote;
      continue;
    }
    comments.push({ author, text: own, quote: quote.join("\n").trim(), line: group[0]?.number ?? 1 });
    carried = [];
  }
  return comments;
}

/** The attribution line above a quote counts as quoted: the mail program wrote it. */
function linesOf(text: string, isCleaned: boolean): Line[] {
  const lines = text.split(/\r\n|\n|\r/);
  const continues = isCleaned ? continuesBlock(lines) : [];
  const isAbove = (line: string, i: number) =>
    isCleaned && isAttribution(line) && isQuoted(textAfter(lines, i));
  return lines.map((line, i) => ({
    text: isAbove(line, i) ? ">" : line,
    number: i + 1,
    continues: continues[i] ?? false,
  }));
}

const textAfter = (lines: readonly string[], i: number): string =>
  lines.slice(i + 1).find((line) => line.trim() !== "") ?? "";

function groupsOf(lines: readonly Line[], cut: Cut): Line[][] {
  const groups: Line[][] = [];
  let open = false;
  for (const line of lines) {
    const isBlank = line.text.trim() === "" && !line.continues;
    if (isBlank && cut !== "names") open = false;
    if (isBlank && !open) continue;
    const begins = !open || cut === "lines" || (cut === "names" && nameIn(line.text) !== undefined);
    if (begins && !(line.continues && open)) groups.push([line]);
    else groups.at(-1)?.push(line);
    open = true;
  }
  return groups;
}

function partsOf(group: readonly Line[], cut: Cut): { author: string | undefined; words: string } {
  // In other modes a colon means nothing: "Verdict: dull" is all the author's own text.
  const author = cut === "names" ? nameIn(group[0]?.text ?? "") : undefined;
  const lines = group.map(({ text }, i) => (i === 0 && author !== undefined ? afterName(text) : text));
  return { author, words: lines.join("\n") };
}

function nameIn(line: string): string | undefined {
  return NAME.exec(line.replace(STAMP, ""))?.[1];
}

const afterName = (line: string): string => line.replace(STAMP, "").replace(NAME, "");
