import { expect, it } from "vitest";

import type { NextText } from "../../api/generated";
import * as cards from "./card-queue";

const card = (id: number): NextText => ({
  example: { id } as NextText["example"],
  picked: "random",
  suggested: null,
  probability: null,
});
const [a, b, c] = [card(1), card(2), card(3)];
const ids = (queue: cards.CardQueue) => queue.cards.map(({ example }) => example.id);

it("takes each proposed text once, also after it was labelled or skipped", () => {
  const queue = cards.withProposed(cards.EMPTY_QUEUE, [a, b]);
  const later = cards.withSkip(cards.withLabels(queue, ["x"]));
  expect(ids(cards.withProposed(later, [a, b, c]))).toEqual([3]);
});

it("undoes labels and skips in reverse order", () => {
  const queue = cards.withSkip(cards.withLabels(cards.withProposed(cards.EMPTY_QUEUE, [a, b, c]), ["x"]));
  expect(ids(cards.withUndo(queue))).toEqual([2, 3]);
  expect(ids(cards.withUndo(cards.withUndo(queue)))).toEqual([1, 2, 3]);
  expect(cards.withUndo(cards.EMPTY_QUEUE)).toEqual(cards.EMPTY_QUEUE);
});

it("shows skipped cards again, and a card that came back first", () => {
  const queue = cards.withSkip(cards.withProposed(cards.EMPTY_QUEUE, [a, b]));
  expect(ids(cards.withSkippedAgain(queue))).toEqual([2, 1]);
  const labelled = cards.withLabels(queue, ["x"]);
  expect(ids(cards.withReturned(labelled, b))).toEqual([2]);
  expect(cards.withReturned(labelled, b).done).toHaveLength(1);
});

it("does nothing without a card", () => {
  expect(cards.withLabels(cards.EMPTY_QUEUE, ["x"])).toEqual(cards.EMPTY_QUEUE);
  expect(cards.withSkip(cards.EMPTY_QUEUE)).toEqual(cards.EMPTY_QUEUE);
  expect(cards.current(cards.EMPTY_QUEUE)).toBeUndefined();
});
