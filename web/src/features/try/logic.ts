import type { Scored } from "../../api/generated";
import { percent, sentenceCase, signed } from "../../lib/format";
import { endsOf, type Side, type Sides } from "../../lib/labels";
import { unitOffsets } from "../../lib/text";
import { points, probability, type Points } from "../../lib/units";

/** How strongly a word is marked; 0 is not at all. */
export type Level = 0 | 1 | 2 | 3;

/** A word and how far it pulls the answer. `start` and `end` index the string, in UTF-16 units. */
export interface Pull {
  start: number;
  end: number;
  word: string;
  points: Points;
  side: Side;
  level: Level;
}

const SHARES: readonly [number, Level][] = [
  [0.6, 3],
  [0.25, 2],
  [0.1, 1],
];
/** The strongest word of a text that no word moves must not look strong. */
const LEAST_SCALE = 0.05;

export const labelsOf = (scored: Scored): string[] => scored.probabilities.map((each) => each.label);

/** The ends of the scale on which the answer stands; none with more than two labels, or several at once. */
export const endsOfAnswer = (scored: Scored): Sides | undefined =>
  endsOf({ labels: labelsOf(scored), multi_label: scored.labels !== null });

/** The answer in words: its label, or where a text may have several all that it is given. */
export function nameOf(scored: Scored): string {
  if (scored.labels === null) return scored.label;
  return scored.labels.length > 0 ? scored.labels.join(", ") : "no label";
}

/** What a word speaks for: with two labels one of them, with more for the predicted one or against it. */
export function sidesOf(scored: Scored): Sides {
  const ends = endsOfAnswer(scored);
  if (ends) return { left: `Toward ${ends.left}`, right: `Toward ${ends.right}` };
  return { left: `Against ${scored.label}`, right: `For ${scored.label}` };
}

/** On which side the predicted label stands; always the right one with more than two labels. */
export function sideOf(scored: Scored): Side {
  return endsOfAnswer(scored)?.left === scored.label ? "left" : "right";
}

/** Every word that was weighed, in the order of the text. */
export function pullsOf(text: string, scored: Scored): Pull[] {
  const words = scored.words ?? [];
  const offsets = unitOffsets(text);
  const scale = Math.max(LEAST_SCALE, ...words.map((word) => Math.abs(word.effect)));
  const own = sideOf(scored);
  return words.map(({ start, end, effect }) => {
    const [from, to] = [offsets[start] ?? text.length, offsets[end] ?? text.length];
    return {
      start: from,
      end: to,
      word: text.slice(from, to),
      points: points(effect),
      side: effect >= 0 ? own : other(own),
      level: SHARES.find(([share]) => Math.abs(effect) >= share * scale)?.[1] ?? 0,
    };
  });
}

/** The words of one side that show, the strongest first. */
export function strongest(pulls: readonly Pull[], side: Side): Pull[] {
  return pulls
    .filter((pull) => pull.side === side && pull.level > 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
}

export interface Segment {
  start: number;
  text: string;
  pull?: Pull;
}

/** The whole text cut into marked words and what is between them. */
export function segmentsOf(text: string, pulls: readonly Pull[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const pull of pulls) {
    if (pull.start < at) continue;
    if (pull.start > at) segments.push({ start: at, text: text.slice(at, pull.start) });
    segments.push({ start: pull.start, text: text.slice(pull.start, pull.end), pull });
    at = pull.end;
  }
  if (at < text.length) segments.push({ start: at, text: text.slice(at) });
  return segments;
}

/** What a screen reader is told once an answer has settled. */
export function announcementOf(scored: Scored, pulls: readonly Pull[]): string {
  const certainty = scored.labels?.length === 0 ? "" : `, ${percent(probability(scored.probability))}`;
  const verdict = scored.sure
    ? `${sentenceCase(nameOf(scored))}${certainty}.`
    : `Not sure. Leans ${nameOf(scored)}${certainty}.`;
  const loudest = pulls
    .filter((pull) => pull.level === 3)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, 2)
    .map((pull) => `${pull.word}, ${sidesOf(scored)[pull.side].toLowerCase()}`);
  return loudest.length > 0 ? `${verdict} Strongest: ${loudest.join("; ")}.` : verdict;
}

/** What a word's label says when it is pointed at. */
export function tipOf(pull: Pull, sides: Sides): string {
  return `${signed(Math.abs(pull.points) as Points)} points ${sides[pull.side].toLowerCase()}`;
}

const other = (side: Side): Side => (side === "left" ? "right" : "left");
