/** Turns a long text into a file with a row per paragraph, to be scored like any other file. */

/** About two pages. Longer paragraphs become several rows, split between sentences. */
const MAX_CHARS = 5000;
const NAME = "Pasted text";

/** Lines of JSON, because a paragraph may contain any character. */
export function fileOfText(text: string): File {
  const lines = paragraphsOf(text).map((paragraph) => JSON.stringify({ text: paragraph }));
  return new File([lines.join("\n")], NAME, { type: "application/jsonl" });
}

/** The paragraphs between empty lines, or the lines if there are no empty ones. */
export function paragraphsOf(text: string): string[] {
  const blocks = nonEmpty(text.split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/));
  const paragraphs = blocks.length > 1 ? blocks : nonEmpty(text.split(/\r?\n/));
  return paragraphs.flatMap(piecesOf);
}

const nonEmpty = (texts: readonly string[]): string[] =>
  texts.map((text) => text.trim()).filter((text) => text !== "");

function piecesOf(paragraph: string): string[] {
  if (paragraph.length <= MAX_CHARS) return [paragraph];
  const sentences = [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(paragraph)];
  const pieces = [""];
  for (const part of sentences.flatMap(({ segment }) => chunksOf(segment))) {
    const last = pieces.at(-1) ?? "";
    if (last.length + part.length <= MAX_CHARS) pieces[pieces.length - 1] = last + part;
    else pieces.push(part);
  }
  return nonEmpty(pieces);
}

/** Splits a sentence that is too long, as in a text without full stops, between words if it has spaces. */
function chunksOf(sentence: string): string[] {
  if (sentence.length <= MAX_CHARS) return [sentence];
  const space = sentence.lastIndexOf(" ", MAX_CHARS);
  const at = space > 0 ? space + 1 : MAX_CHARS;
  return [sentence.slice(0, at), ...chunksOf(sentence.slice(at))];
}
