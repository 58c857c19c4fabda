import { codePoints, firstCharacters } from "../../lib/text";

/** Where a long line is best cut: after a sentence, else after a word. */
const ENDS = [/^.*[.!?…。！？]["”’)]*\s+/su, /^.*\s/su];

/**
 * A long text as lines that can be scored one by one: its own lines, without the empty ones, and those of more than
 * `most` characters cut after a sentence, a word, or where neither ends at `most`.
 */
export function linesOf(text: string, most: number): string[] {
  return text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .flatMap((line) => piecesOf(line, most));
}

function piecesOf(line: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (codePoints(rest) > most) {
    const longest = firstCharacters(rest, most);
    const piece = ENDS.map((end) => end.exec(longest)?.[0]).find((found) => found !== undefined) ?? longest;
    pieces.push(piece.trim());
    rest = rest.slice(piece.length).trim();
  }
  return rest === "" ? pieces : [...pieces, rest];
}
