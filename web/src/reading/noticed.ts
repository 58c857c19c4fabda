/** Words for nothing, invisible characters, labels that look alike: the same rules as in `valence.tables.noticed`. */

/** Written by programs and people where there is no value, in upper or lower case. */
const NOTHING = new Set(
  "nan none null n/a #n/a <na> nat nil undefined (null) (none) - -- --- ? .".split(" "),
);
/** "na" may be a word. */
const NOTHING_AS_WRITTEN = new Set(["NA", "\\N"]);
const LONGEST_WORD = 20;
const UNSEEN =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufeff\\uffa0";
const ENDS = new RegExp(`^[\\s${UNSEEN}]+|[\\s${UNSEEN}]+$`, "g");
const ANYWHERE = new RegExp(`[${UNSEEN}]`, "g");
const USUAL_ENDS = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const BETWEEN_WORDS = /(?<=[\p{L}\p{N}_])[\s_\-\u2010-\u2015]+(?=[\p{L}\p{N}_])|_/gu;
/** Cyrillic and Greek letters that look like Latin ones in most fonts, and these. */
const CONFUSABLE = [
  "аеорсухіјѕԁһкмтвнАЕОРСУХІЈЅКМТВНαοερτικυνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
  "aeopcyxijsdhkmtbhAEOPCYXIJSKMTBHaoeptikuvABEZHIKMNOPTYX",
] as const;
const LATIN = new Map([...CONFUSABLE[0]].map((letter, i) => [letter, CONFUSABLE[1][i] ?? letter]));

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
  const latin = [...plain].map((letter) => LATIN.get(letter) ?? letter).join("");
  // Upper case first, because it makes SS of ß.
  return latin.toUpperCase().toLowerCase().replace(BETWEEN_WORDS, " ");
}
