/** The place of each word of a text in a picture. Lengths are in pixels. */
import type { Segment, WordEffect } from "../../explanation/effects";

export interface Piece {
  text: string;
  x: number;
  width: number;
  line: number;
  effect: WordEffect | undefined;
}

type Measure = (text: string) => number;

const RIGHT_TO_LEFT =
  /\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}/u;

/** Whether a text is written from right to left, judging by its first letter, as browsers do. */
export const isRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(/\p{L}/u.exec(text)?.[0] ?? "");

/** The pieces of a text broken into lines of a width: at spaces, and within what is wider than a line. */
export function laidOut(segments: readonly Segment[], width: number, measure: Measure): Piece[] {
  const pieces: Piece[] = [];
  let [x, line] = [0, 0];
  const put = (text: string, effect: WordEffect | undefined) => {
    const own = measure(text);
    if (x > 0 && x + own > width) [x, line] = [0, line + 1];
    if (x === 0 && text.trim() === "") return; // no line begins with a space
    pieces.push({ text, x, width: own, line, effect });
    x += own;
  };
  for (const { text, effect } of segments) {
    for (const word of text.split(/(\n|\s+)/).filter((each) => each !== "")) {
      if (word.includes("\n")) [x, line] = [0, line + 1];
      else if (measure(word) <= width) put(word, effect);
      else for (const letter of word) put(letter, effect);
    }
  }
  return pieces;
}

/** The first lines, with … at the end if there are more. */
export function cut(pieces: readonly Piece[], lines: number, width: number, measure: Measure): Piece[] {
  const kept = pieces.filter(({ line }) => line < lines);
  if (kept.length === pieces.length) return kept;
  const dots = measure("…");
  while (kept.length > 1 && (kept.at(-1)?.x ?? 0) + (kept.at(-1)?.width ?? 0) + dots > width) kept.pop();
  const last = kept.at(-1);
  if (!last) return kept;
  return [...kept, { text: "…", x: last.x + last.width, width: dots, line: last.line, effect: undefined }];
}
