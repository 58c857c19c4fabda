/** Which words tipped a comment. */
import type { Explanation } from "../../api/generated";
import { unitOffsets } from "../../lib/text";

export interface Piece {
  text: string;
  isMarked: boolean;
}

export interface Tipping {
  word: string;
  /** How much it raises the probability that the comment needs action. */
  effect: number;
}

/** Smaller effects are rounding. */
const LEAST_EFFECT = 0.01;
/** Words with less than this share of the strongest effect aren't marked. */
const LEAST_SHARE = 0.25;

/** The words that speak for action, strongest first. `approveLabel`: the label of comments that need none. */
export function tipping(explanation: Explanation, approveLabel: string | null, most = 3): Tipping[] {
  return effectsOf(explanation, approveLabel)
    .filter(({ effect }) => effect >= LEAST_EFFECT)
    .map(({ start, end, effect }) => ({ word: explanation.text.slice(start, end), effect }))
    .sort((one, other) => other.effect - one.effect)
    .slice(0, most);
}

/** The text in pieces, of which those that speak for action are marked. */
export function markedPieces(explanation: Explanation, approveLabel: string | null): Piece[] {
  const effects = effectsOf(explanation, approveLabel);
  const least = Math.max(LEAST_EFFECT, LEAST_SHARE * Math.max(0, ...effects.map(({ effect }) => effect)));
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, effect } of effects) {
    if (effect < least || start < at) continue;
    pieces.push({ text: explanation.text.slice(at, start), isMarked: false });
    pieces.push({ text: explanation.text.slice(start, end), isMarked: true });
    at = end;
  }
  pieces.push({ text: explanation.text.slice(at), isMarked: false });
  return pieces.filter(({ text }) => text !== "");
}

/** The words' places in UTF-16 units, and their effects on the probability that the comment needs action. */
function effectsOf({ text, label, words }: Explanation, approveLabel: string | null) {
  const offsets = unitOffsets(text);
  const sign = label === approveLabel ? -1 : 1;
  return words.map(({ start, end, effect }) => ({
    start: offsets[start] ?? text.length,
    end: offsets[end] ?? text.length,
    effect: sign * effect,
  }));
}
