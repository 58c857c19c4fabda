/** Leaves out what BBCode marks as a quote, code, a signature or an image. The same as `valence/tables/bbcode.py`. */

/** Their content is never tags. */
const CODE = new Set(
  "code php codebox source highlight syntax img attachment media video youtube".split(" "),
);
const QUOTES = new Set("quote sig signature".split(" "));
const FORMATS = new Set(
  "b i u s strike color colour size font center left right justify align indent list li ul ol url email spoiler hide sub sup icode user mention".split(
    " ",
  ),
);
/** An item of a list. */
const ITEM = "*";
const TAG = /\[(\/?)([A-Za-z]{1,10})((?:=|\s)(?:"[^"\n]{0,300}"[^\]\n]{0,100}|[^\]\n]{0,300}))?\]|\[\*\]/g;
const BLANK_LINE = /\n[ \t]*\n/g;
/** What a quote leaves behind, so that the line above it is recognised as its attribution. */
export const A_QUOTE = "\n>\n";

interface Tag {
  name: string;
  closes: boolean;
  start: number;
  end: number;
}

interface Span {
  start: number;
  /** Undefined: the next blank line. */
  end: number | undefined;
  instead: string;
  /** Whether it holds words, and not only a tag. */
  words: boolean;
}

/** The text without quotes, code, signatures and images; `leave` gets their content. Unpaired tags stay. */
export function withoutBbcode(text: string, leave: (words: string) => void): string {
  const tags = tagsOf(text);
  return tags.length === 0 ? text : withoutSpans(text, spansOf(tags), leave);
}

/** Where quotes, code, signatures and images begin and end, in order. They don't overlap. */
export function blocksOf(text: string): { start: number; end: number }[] {
  const blocks: { start: number; end: number }[] = [];
  for (const { start, end, words } of spansOf(tagsOf(text)).sort((a, b) => a.start - b.start)) {
    const last = blocks.at(-1);
    if (!words) continue;
    if (!last || start >= last.end) blocks.push({ start, end: end ?? paragraphEnd(text, start) });
    else if (end !== undefined) last.end = Math.max(last.end, end);
  }
  return blocks;
}

function tagsOf(text: string): Tag[] {
  return Array.from(text.matchAll(TAG), (match) => ({
    name: (match[2] ?? ITEM).toLowerCase(),
    closes: match[1] === "/",
    start: match.index,
    end: match.index + match[0].length,
  })).filter(({ name }) => CODE.has(name) || QUOTES.has(name) || FORMATS.has(name) || name === ITEM);
}

function spansOf(tags: readonly Tag[]): Span[] {
  const lastClosing = new Map(tags.flatMap(({ name, closes }, i) => (closes ? [[name, i] as const] : [])));
  const spans: Span[] = [];
  const openQuotes: Tag[] = [];
  const opened = new Set<string>();
  let code: Tag | undefined;
  tags.forEach((tag, i) => {
    const isPair = tag.closes ? opened.has(tag.name) : (lastClosing.get(tag.name) ?? -1) > i;
    if (code) {
      if (!tag.closes || tag.name !== code.name) return;
      spans.push({ ...tag, start: code.start, instead: code.name === "img" ? "" : "\n\n", words: true });
      code = undefined;
    } else if (CODE.has(tag.name)) {
      code = isPair && !tag.closes ? tag : undefined;
    } else if (QUOTES.has(tag.name)) {
      quote(tag, openQuotes, spans);
    } else if (isPair || tag.name === ITEM) {
      spans.push({ ...tag, instead: tag.name === ITEM ? "\n" : "", words: false });
      opened.add(tag.name);
    }
  });
  for (const { start } of openQuotes) spans.push({ start, end: undefined, instead: A_QUOTE, words: true });
  return spans;
}

/** Opens a quote, or closes the last one. A closing tag alone is only a mark. */
function quote(tag: Tag, openQuotes: Tag[], spans: Span[]): void {
  const last = openQuotes.at(-1);
  if (!tag.closes) {
    openQuotes.push(tag);
  } else if (last?.name === tag.name) {
    openQuotes.pop();
    spans.push({ start: last.start, end: tag.end, instead: A_QUOTE, words: true });
  } else {
    spans.push({ ...tag, instead: "", words: false });
  }
}

/** The text without its spans, which may overlap. */
function withoutSpans(text: string, spans: Span[], leave: (words: string) => void): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, instead, words } of spans.sort((a, b) => a.start - b.start)) {
    if (start < done) {
      if (end !== undefined) done = Math.max(done, end);
      continue;
    }
    parts.push(text.slice(done, start), instead);
    done = end ?? paragraphEnd(text, start);
    if (words) leave(text.slice(start, done).replace(TAG, ""));
  }
  return [...parts, text.slice(done)].join("");
}

function paragraphEnd(text: string, start: number): number {
  BLANK_LINE.lastIndex = start;
  return BLANK_LINE.exec(text)?.index ?? text.length;
}
