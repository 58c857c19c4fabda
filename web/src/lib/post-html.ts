/**
 * Turns a post in HTML into text, without quotes, code blocks, signatures and previews of links. The same as
 * `valence/tables/post_html.py`. By htmlparser2 rather than DOMParser, because a worker has none.
 */
import { Tokenizer } from "htmlparser2";

import { A_QUOTE } from "./bbcode";

const words = (list: string): string[] => list.split(" ");

/** The elements of HTML that posts contain. Anything else in angle brackets is text: "List<String>", "</sarcasm>". */
const INLINE = words(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark meter o:p picture q s samp small source span strike strong sub sup svg path use time tt u var wbr",
);
const BLOCKS = new Set(
  words(
    "address article aside blockquote br center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section select summary table tbody tfoot thead tr ul html head body",
  ),
);
const NOT_WORDS = new Set(words("pre script style title iframe noscript textarea audio video object"));
const KNOWN = [...new Set([...INLINE, ...BLOCKS, "td", "th", ...NOT_WORDS])].sort();

const WITH_CLASSES = new Set(words("aside cite div dl section span table td"));
/** As written by Discourse, XenForo, vBulletin, MyBB, SMF, phpBB, Invision, Gmail, Thunderbird and Yahoo. */
const QUOTE_CLASSES = words(
  "quote bbcode_quote bbcodeblock--quote quoteheader quotefooter quotemain quotetop ipsquote gmail_quote gmail_attr moz-cite-prefix yahoo_quoted",
);
const OTHER_CLASSES = words(
  "signature sig post-signature gmail_signature moz-signature onebox lightbox-wrapper bbcode_code bbcodeblock--code codebox",
);
const EMOJI_CLASSES = words("emoji smilie smiley");

const TEXT_BRACKET = new RegExp(`<(?!/?(?:${KNOWN.join("|")})[\\s/>])`, "gi");

type Event =
  | { kind: "start"; name: string; attributes: Map<string, string> }
  | { kind: "end"; name: string }
  | { kind: "text"; text: string };

/** The text of a post that contains HTML, and `leave` gets what was left out; undefined without HTML, as in "a < b". */
export function textOfHtml(post: string, leave: (words: string) => void): string | undefined {
  const events = eventsOf(withTextEscaped(withoutComments(post)));
  if (!events.some(isSurelyHtml)) return undefined;
  const ends = endsOf(events);
  const parts: string[] = [];
  for (let i = 0; i < events.length; i += 1) {
    const event = events[i];
    const end = ends.get(i);
    const instead = event && end !== undefined ? insteadOf(event) : undefined;
    if (event && (end === undefined || instead === undefined)) {
      parts.push(asText(event));
    } else if (end !== undefined) {
      parts.push(instead ?? "");
      leave(events.slice(i, end).map(asText).join(""));
      i = end;
    }
  }
  return parts.join("");
}

function withoutComments(post: string): string {
  const parts: string[] = [];
  let done = 0;
  for (let start = post.indexOf("<!--"); start >= 0; start = post.indexOf("<!--", done)) {
    parts.push(post.slice(done, start));
    const end = post.indexOf("-->", start + 2);
    done = end < 0 ? post.length : end + 3;
  }
  return [...parts, post.slice(done)].join("");
}

/** With the angle brackets escaped that begin no tag, or one without an end. */
function withTextEscaped(post: string): string {
  const finished = post.lastIndexOf(">") + 1;
  return post.slice(0, finished).replace(TEXT_BRACKET, "&lt;") + post.slice(finished).replaceAll("<", "&lt;");
}

/** The tags and texts in their order. */
function eventsOf(html: string): Event[] {
  const events: Event[] = [];
  let [name, attribute, value] = ["", "", ""];
  let attributes = new Map<string, string>();
  const slice = (start: number, end: number) => html.slice(start, end);
  const opened = () => events.push({ kind: "start", name, attributes });
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname: (start, end) => {
        name = slice(start, end).toLowerCase();
        attributes = new Map();
      },
      onattribname: (start, end) => {
        attribute = slice(start, end).toLowerCase();
        value = "";
      },
      onattribdata: (start, end) => void (value += slice(start, end)),
      onattribentity: (code) => void (value += String.fromCodePoint(code)),
      onattribend: () => {
        if (!attributes.has(attribute)) attributes.set(attribute, value);
      },
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag: (start, end) => events.push({ kind: "end", name: slice(start, end).toLowerCase() }),
      ontext: (start, end) => events.push({ kind: "text", text: slice(start, end) }),
      ontextentity: (code) => events.push({ kind: "text", text: String.fromCodePoint(code) }),
      oncomment: () => undefined,
      oncdata: () => undefined,
      ondeclaration: () => undefined,
      onprocessinginstruction: () => undefined,
      onend: () => undefined,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return events;
}

/** Whether it can be nothing else. In "a <b and c> d" there is a tag that is none. */
function isSurelyHtml(event: Event): boolean {
  if (event.kind !== "start") return event.kind === "end";
  const { name, attributes } = event;
  return attributes.size > 0 ? [...attributes.values()].every((value) => value !== "") : BLOCKS.has(name);
}

/** The index of each start tag and that of its end tag, or if that is missing, of the last one with its name. */
function endsOf(events: readonly Event[]): Map<number, number> {
  const ends = new Map<number, number>();
  const last = new Map<string, number>();
  const opened = new Map<string, number[]>();
  events.forEach((event, i) => {
    if (event.kind === "start") {
      const starts = opened.get(event.name);
      if (starts) starts.push(i);
      else opened.set(event.name, [i]);
    } else if (event.kind === "end") {
      last.set(event.name, i);
      const start = opened.get(event.name)?.pop();
      if (start !== undefined) ends.set(start, i);
    }
  });
  for (const [name, starts] of opened) {
    const end = last.get(name) ?? -1;
    for (const start of starts) if (end > start) ends.set(start, end);
  }
  return ends;
}

/** What replaces an element that is left out; undefined for one that stays, and for anything else. */
function insteadOf(event: Event): string | undefined {
  if (event.kind !== "start") return undefined;
  const { name, attributes } = event;
  const classes = WITH_CLASSES.has(name) ? classesOf(attributes) : new Set<string>();
  if (name === "blockquote" || QUOTE_CLASSES.some((token) => classes.has(token))) return A_QUOTE;
  return NOT_WORDS.has(name) || OTHER_CLASSES.some((token) => classes.has(token)) ? "\n\n" : undefined;
}

function asText(event: Event): string {
  if (event.kind === "text") return event.text;
  if (event.kind === "start" && event.name === "img") {
    const classes = classesOf(event.attributes);
    return EMOJI_CLASSES.some((token) => classes.has(token)) ? (event.attributes.get("alt") ?? "") : "";
  }
  if (event.name === "p") return "\n\n";
  if (event.name === "td" || event.name === "th") return " ";
  return BLOCKS.has(event.name) ? "\n" : "";
}

const classesOf = (attributes: ReadonlyMap<string, string>): Set<string> =>
  new Set((attributes.get("class") ?? "").toLowerCase().split(/\s+/));
