/** A long text as a file with a row for each paragraph, so that it can be scored like any other file. Pure. */

/** About two pages; a paragraph that is longer becomes several rows, cut between sentences. */
const MOST_CHARS = 5000;
const NAME = "Pasted text";

/** JSON, since a paragraph may have any character in it. */
export function fileOfText(text: string): File {
  return new File([JSON.stringify(paragraphsOf(text))], NAME, { type: "application/json" });
}

/** Paragraphs: what stands between empty lines, or, where there are none, the lines. */
export function paragraphsOf(text: string): string[] {
  const blocks = nonEmpty(text.split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/));
  const paragraphs = blocks.length > 1 ? blocks : nonEmpty(text.split(/\r?\n/));
  return paragraphs.flatMap(piecesOf);
}

const nonEmpty = (texts: readonly string[]): string[] =>
  texts.map((each) => each.trim()).filter((each) => each !== "");

function piecesOf(paragraph: string): string[] {
  if (paragraph.length <= MOST_CHARS) return [paragraph];
  const sentences = [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(paragraph)];
  const pieces = [""];
  for (const part of sentences.flatMap(({ segment }) => chunksOf(segment))) {
    const last = pieces.at(-1) ?? "";
    if (last.length + part.length <= MOST_CHARS) pieces[pieces.length - 1] = last + part;
    else pieces.push(part);
  }
  return nonEmpty(pieces);
}

/** A "sentence" that is too long by itself, as of a text without full stops, is cut between words where it has any. */
function chunksOf(sentence: string): string[] {
  if (sentence.length <= MOST_CHARS) return [sentence];
  const space = sentence.lastIndexOf(" ", MOST_CHARS);
  const at = space > 0 ? space + 1 : MOST_CHARS;
  return [sentence.slice(0, at), ...chunksOf(sentence.slice(at))];
}
