import { codePoints, firstCharacters } from "../../lib/text";

/** Where to split a long line: after a sentence, else after a word. */
const ENDS = [/^.*[.!?…。！？]["”’)]*\s+/su, /^.*\s/su];

/**
 * Splits a long text into its non-empty lines, and lines longer than `limit` characters after a sentence, else after a
 * word, else at `limit`.
 */
export function splitLines(text: string, limit: number): string[] {
  return text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .flatMap((line) => piecesOf(line, limit));
}

function piecesOf(line: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (codePoints(rest) > limit) {
    const longest = firstCharacters(rest, limit);
    const piece = ENDS.map((end) => end.exec(longest)?.[0]).find((match) => match !== undefined) ?? longest;
    pieces.push(piece.trim());
    rest = rest.slice(piece.length).trim();
  }
  return rest === "" ? pieces : [...pieces, rest];
}
