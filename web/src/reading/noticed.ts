/** Words for nothing, invisible characters, labels that look alike: the same rules as in `valence.tables.noticed`. */

/** Written by programs and people where there is no value, in upper or lower case. */
const NOTHING = new Set(
  "nan none null n/a #n/a <na> nat nil undefined (null) (none) - -- --- ? .".split(" "),
);
/** "na" may be a word. */
const NOTHING_AS_WRITTEN = new Set(["NA", "\\N"]);
const LONGEST_WORD = 20;
// As ranges of code points: some of these characters combine with the one before them in a literal.
const UNSEEN = "ad 34f 61c 115f 1160 17b4 17b5 180e 200b-200f 202a-202e 2060-206f 2800 3164 feff ffa0"
  .split(" ")
  .map((range) => range.replace(/[0-9a-f]+/g, (code) => `\\u${code.padStart(4, "0")}`))
  .join("");
const ENDS = new RegExp(`^[\\s${UNSEEN}]+|[\\s${UNSEEN}]+$`, "g");
const ANYWHERE = new RegExp(`[${UNSEEN}]`, "g");
const USUAL_ENDS = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const BETWEEN_WORDS = /(?<=[\p{L}\p{N}_])[\s_\-\u2010-\u2015]+(?=[\p{L}\p{N}_])|_/gu;
/** Cyrillic and Greek letters that look like Latin ones in most fonts, and these. */
const CONFUSABLE = [
  "аеорсухіјѕԁһкмтвнАЕОРСУХІЈЅКМТВНαοερτικυνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
  "aeopcyxijsdhkmtbhAEOPCYXIJSKMTBHaoeptikuvABEZHIKMNOPTYX",
] as const;
const LATIN = new Map(Array.from(CONFUSABLE[0], (letter, i) => [letter, CONFUSABLE[1][i] ?? letter]));

/** Without white space and invisible characters at the ends. */
export const trimmed = (text: string): string => text.replace(ENDS, "");

/** Whether more is at the ends than the blanks and line ends that people expect to be ignored. */
export const hasUnseenEnds = (text: string): boolean => trimmed(text) !== text.replace(USUAL_ENDS, "");

/** Whether a cell holds a word that often stands for no value. */
export function meansNothing(cell: string): boolean {
  if (cell.length > LONGEST_WORD) return false;
  const word = trimmed(cell);
  return NOTHING.has(word.toLowerCase()) || NOTHING_AS_WRITTEN.has(word);
}

/** Groups of labels that differ only in case, spaces, hyphens, width, invisible characters or look-alike letters. */
export const alikeLabels = (names: readonly string[]): string[][] =>
  [...Map.groupBy(names, skeleton).values()].filter(({ length }) => length > 1);

function skeleton(name: string): string {
  const plain = name.normalize("NFKC").replace(ANYWHERE, "");
  const latin = Array.from(plain, (letter) => LATIN.get(letter) ?? letter).join("");
  // Upper case first, because it makes SS of ß.
  return latin.toUpperCase().toLowerCase().replace(BETWEEN_WORDS, " ");
}
