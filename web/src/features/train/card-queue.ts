/** The texts to label one by one: which comes next, what was labelled or skipped, and undo. Pure functions. */
import type { NextText } from "../../api/generated";

export interface Labelled {
  card: NextText;
  labels: string[];
}

export interface CardQueue {
  /** The first one is shown. */
  cards: readonly NextText[];
  /** The newest last. */
  done: readonly (Labelled | { card: NextText; labels: undefined })[];
}

export const EMPTY_QUEUE: CardQueue = { cards: [], done: [] };

/** Fewer cards than this ask for more. */
export const LOW = 4;
/** How many are requested at once. */
export const ASKED = 20;

export const current = ({ cards }: CardQueue): NextText | undefined => cards[0];

/** Adds proposed texts that are neither waiting nor done. */
export function withProposed(queue: CardQueue, proposed: readonly NextText[]): CardQueue {
  const known = new Set([...queue.cards, ...queue.done.map(({ card }) => card)].map(idOf));
  return { ...queue, cards: [...queue.cards, ...proposed.filter((card) => !known.has(idOf(card)))] };
}

/** The first card is labelled. */
export function withLabels({ cards, done }: CardQueue, labels: string[]): CardQueue {
  const [card, ...rest] = cards;
  return card ? { cards: rest, done: [...done, { card, labels }] } : { cards, done };
}

/** The first card is left for later: it isn't proposed again before a reload. */
export function withSkip({ cards, done }: CardQueue): CardQueue {
  const [card, ...rest] = cards;
  return card ? { cards: rest, done: [...done, { card, labels: undefined }] } : { cards, done };
}

/** The newest done card is shown again. */
export function withUndo({ cards, done }: CardQueue): CardQueue {
  const last = done.at(-1);
  return last ? { cards: [last.card, ...cards], done: done.slice(0, -1) } : { cards, done };
}

/** The skipped cards are shown again, after those that wait. */
export const withSkippedAgain = ({ cards, done }: CardQueue): CardQueue => ({
  cards: [...cards, ...done.filter(({ labels }) => labels === undefined).map(({ card }) => card)],
  done: done.filter(({ labels }) => labels !== undefined),
});

/** A card that couldn't be labelled comes first again. */
export function withReturned({ cards, done }: CardQueue, card: NextText): CardQueue {
  return { cards: [card, ...cards], done: done.filter((each) => each.card !== card) };
}

const idOf = ({ example }: NextText): number => example.id;
