import type { Scored } from "../api/generated";
import { oddsFactor, percent, sentenceCase } from "../lib/format";
import { endsOf, type Side, type Sides } from "../lib/labels";
import { unitOffsets } from "../lib/text";
import { probability, type Probability } from "../lib/units";

/** How strongly a word is marked; 0 means unmarked. */
export type Level = 0 | 1 | 2 | 3;

/** A word and its effect on the answer. `start` and `end` index the string, in UTF-16 units. */
export interface WordEffect {
  start: number;
  end: number;
  word: string;
  /** The difference in log-odds of the predicted label that leaving the word out makes. */
  logOdds: number;
  side: Side;
  level: Level;
}

const SHARES: readonly [number, Level][] = [
  [0.6, 3],
  [0.25, 2],
  [0, 1],
];

export const labelsOf = (scored: Scored): string[] => scored.probabilities.map(({ label }) => label);

/** The ends of the answer's scale; none with more than two labels or for multi-label models. */
export const endsOfAnswer = (scored: Scored): Sides | undefined =>
  endsOf({ labels: labelsOf(scored), multi_label: scored.labels !== null });

/** The answer's label, or for multi-label models all assigned labels. */
export function nameOf(scored: Scored): string {
  if (scored.labels === null) return scored.label;
  return scored.labels.length > 0 ? scored.labels.join(", ") : "no label";
}

/** What each side means: one of two labels, or for and against the predicted label. */
export function sidesOf(scored: Scored): Sides {
  const ends = endsOfAnswer(scored);
  if (ends) return { left: `For ${ends.left}`, right: `For ${ends.right}` };
  return { left: `Against ${scored.label}`, right: `For ${scored.label}` };
}

/** The side of the predicted label; always right with more than two labels. */
export function sideOf(scored: Scored): Side {
  return endsOfAnswer(scored)?.left === scored.label ? "left" : "right";
}

/** Every word with its effect, in text order. */
export function wordEffectsOf(text: string, scored: Scored): WordEffect[] {
  const words = scored.words ?? [];
  const offsets = unitOffsets(text);
  const scale = Math.max(...words.filter((word) => word.marked).map((word) => Math.abs(word.log_odds)));
  const own = sideOf(scored);
  return words.map(({ start, end, log_odds: logOdds, marked }) => {
    const [from, to] = [offsets[start] ?? text.length, offsets[end] ?? text.length];
    return {
      start: from,
      end: to,
      word: text.slice(from, to),
      logOdds,
      side: logOdds >= 0 ? own : other(own),
      level: marked ? (SHARES.find(([share]) => Math.abs(logOdds) >= share * scale)?.[1] ?? 1) : 0,
    };
  });
}

/** The marked words of one side, strongest first. */
export function strongest(effects: readonly WordEffect[], side: Side): WordEffect[] {
  return effects
    .filter((effect) => effect.side === side && effect.level > 0)
    .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds));
}

export interface Segment {
  start: number;
  text: string;
  effect?: WordEffect;
}

/** The text split into words and what is between them. */
export function segmentsOf(text: string, effects: readonly WordEffect[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const effect of effects) {
    if (effect.start < at) continue;
    if (effect.start > at) segments.push({ start: at, text: text.slice(at, effect.start) });
    segments.push({ start: effect.start, text: text.slice(effect.start, effect.end), effect });
    at = effect.end;
  }
  if (at < text.length) segments.push({ start: at, text: text.slice(at) });
  return segments;
}

/** The answer as announced to screen readers. */
export function announcementOf(scored: Scored, effects: readonly WordEffect[]): string {
  const certainty = scored.labels?.length === 0 ? "" : `, ${percent(probability(scored.probability))}`;
  const verdict = scored.sure
    ? `${sentenceCase(nameOf(scored))}${certainty}.`
    : `Not sure. Leans ${nameOf(scored)}${certainty}.`;
  const strongestTwo = effects
    .filter((effect) => effect.level === 3)
    .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
    .slice(0, 2)
    .map((effect) => `${effect.word}, ${sidesOf(scored)[effect.side].toLowerCase()}`);
  return strongestTwo.length > 0 ? `${verdict} Strongest: ${strongestTwo.join("; ")}.` : verdict;
}

export interface Disagreement {
  text: string;
  label: string;
  probability: Probability;
}

/** The surest sentence of each label, if the text's sentences disagree; the surest label first. */
export function disagreementOf(text: string, scored: Scored): Disagreement[] {
  if (scored.mixed !== true) return [];
  const offsets = unitOffsets(text);
  const surest = new Map<string, Disagreement>();
  for (const { start, end, label, probability: certainty, sure } of scored.sentences ?? []) {
    const known = surest.get(label);
    if (!sure || (known && known.probability >= certainty)) continue;
    surest.set(label, {
      text: text.slice(offsets[start] ?? text.length, offsets[end] ?? text.length),
      label,
      probability: probability(certainty),
    });
  }
  return [...surest.values()].sort((a, b) => b.probability - a.probability);
}

/** The tooltip of a word. */
export function tipOf(effect: WordEffect, sides: Sides): string {
  return `${oddsFactor(effect.logOdds)} ${sides[effect.side].toLowerCase()}`;
}

const other = (side: Side): Side => (side === "left" ? "right" : "left");
