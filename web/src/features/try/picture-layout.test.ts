import { describe, expect, it } from "vitest";

import type { WordEffect } from "../../explanation/effects";
import { cut, isRightToLeft, laidOut, type Piece } from "./picture-layout";

/** Every character is 10 pixels wide. */
const measure = (text: string) => 10 * Array.from(text).length;
const effect: WordEffect = { start: 2, end: 6, word: "dull", logOdds: -1, side: "left", level: 3 };
const linesOf = (pieces: readonly Piece[]) => {
  const lines: string[] = [];
  for (const { line, text } of pieces) lines[line] = (lines[line] ?? "") + text;
  return lines;
};

describe("A text in a picture", () => {
  it("breaks at spaces, and keeps the marked words with their places", () => {
    const pieces = laidOut(
      [
        { start: 0, text: "A " },
        { start: 2, text: "dull", effect },
        { start: 6, text: " evening." },
      ],
      120,
      measure,
    );
    expect(linesOf(pieces)).toEqual(["A dull ", "evening."]);
    expect(pieces.find((piece) => piece.effect)).toEqual({ text: "dull", x: 20, width: 40, line: 0, effect });
  });

  it("breaks at line ends, and within what is wider than a line", () => {
    expect(linesOf(laidOut([{ start: 0, text: "One\nabcdefgh" }], 50, measure))).toEqual([
      "One",
      "abcde",
      "fgh",
    ]);
  });

  it("is cut with dots that still fit", () => {
    const pieces = laidOut([{ start: 0, text: "aaa bbb ccc ddd" }], 70, measure);
    expect(linesOf(cut(pieces, 1, 70, measure))).toEqual(["aaa …"]);
    expect(cut(pieces, 2, 70, measure)).toEqual(pieces);
  });

  it("begins at the right for Hebrew and Arabic", () => {
    expect(["(שלום) film", "فيلم", "Film פילם", "!?"].map(isRightToLeft)).toEqual([true, true, false, false]);
  });
});
