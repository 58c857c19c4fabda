/** Splits a pasted discussion into comments. */

export interface Comment {
  /** The author, if the text names one. */
  author: string | undefined;
  /** The author's own text, without quotes. */
  text: string;
  /** The quoted text without quote marks; "" if none. */
  quote: string;
  /** The line where the comment starts in the pasted text, from 1. */
  line: number;
}

/** Split at names ("Ann: I think…"), at empty lines, or at every line. */
export type Cut = "names" | "blocks" | "lines";

interface Line {
  text: string;
  number: number;
}

/** "[12/03/2026, 10:15] " or "2026-03-12 10:15 - ", as messengers export it. */
const STAMP =
  /^\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?\]?\s*(?:[-–]\s*)?/i;
/** A name of at most four words and a colon, followed by a space or the end of the line; not "https://…". */
const NAME =
  /^((?:@|\p{Lu}|\p{Lo})[\p{L}\p{M}\p{N}.'’_@-]*(?: [\p{L}\p{M}\p{N}(][\p{L}\p{M}\p{N}.'’_)-]*){0,3}):(?:\s+|$)/u;
const QUOTE = /^\s*(?:>|&gt;)\s?/;
/** The line above a quote in an e-mail: "On Tuesday, Ann wrote:". */
const ATTRIBUTION = /^(?:on|am|le|el|il) .{3,200}(?:wrote|schrieb|écrit|escribió|scritto)\s?:\s*$/i;
/** The share of lines that must start with a name for the text to be split at names. */
const MIN_NAMED_SHARE = 0.5;

/** Detects how to split a discussion. */
export function guessCut(text: string): Cut {
  const own = linesOf(text).filter(({ text: line }) => line.trim() !== "" && !QUOTE.test(line));
  const named = own.map(({ text: line }) => nameIn(line)).filter((name) => name !== undefined);
  const first = own[0] && nameIn(own[0].text);
  const repeats = new Set(named).size < named.length;
  if (first !== undefined && named.length >= 2 && (repeats || named.length >= MIN_NAMED_SHARE * own.length)) {
    return "names";
  }
  return /\S[^\n]*\n\s*\n\s*\S/.test(text) ? "blocks" : "lines";
}

/** The comments in order. A block with only a quote isn't a comment: its quote goes to the next one. */
export function commentsOf(text: string, cut: Cut): Comment[] {
  const comments: Comment[] = [];
  let carried: string[] = [];
  for (const group of groupsOf(linesOf(text), cut)) {
    const { author, own, quoted } = partsOf(group, cut);
    const quote = [...carried, ...quoted];
    if (own === "") {
      carried = quote;
      continue;
    }
    comments.push({ author, text: own, quote: quote.join("\n").trim(), line: group[0]?.number ?? 1 });
    carried = [];
  }
  return comments;
}

/** The attribution line above a quote counts as quoted: the mail program wrote it. */
function linesOf(text: string): Line[] {
  const lines = text.split(/\r\n|\n|\r/);
  const isAttribution = (line: string, i: number) =>
    ATTRIBUTION.test(line) && QUOTE.test(textAfter(lines, i));
  return lines.map((line, i) => ({ text: isAttribution(line, i) ? ">" : line, number: i + 1 }));
}

const textAfter = (lines: readonly string[], i: number): string =>
  lines.slice(i + 1).find((line) => line.trim() !== "") ?? "";

function groupsOf(lines: readonly Line[], cut: Cut): Line[][] {
  const groups: Line[][] = [];
  let open = false;
  for (const line of lines) {
    const isBlank = line.text.trim() === "";
    if (isBlank && cut !== "names") open = false;
    if (isBlank && !open) continue;
    const begins = !open || cut === "lines" || (cut === "names" && nameIn(line.text) !== undefined);
    if (begins) groups.push([line]);
    else groups.at(-1)?.push(line);
    open = true;
  }
  return groups;
}

function partsOf(
  group: readonly Line[],
  cut: Cut,
): { author: string | undefined; own: string; quoted: string[] } {
  // In other modes a colon means nothing: "Verdict: dull" is all the author's own text.
  const author = cut === "names" ? nameIn(group[0]?.text ?? "") : undefined;
  const lines = group.map(({ text }, i) => (i === 0 && author !== undefined ? afterName(text) : text));
  const own = lines.filter((line) => !QUOTE.test(line)).join("\n");
  const quoted = lines.filter((line) => QUOTE.test(line)).map((line) => line.replace(QUOTE, ""));
  return { author, own: own.replace(/\n{3,}/g, "\n\n").trim(), quoted };
}

function nameIn(line: string): string | undefined {
  return NAME.exec(line.replace(STAMP, ""))?.[1];
}

const afterName = (line: string): string => line.replace(STAMP, "").replace(NAME, "");
