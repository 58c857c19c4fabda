/** What a decision changes in the counters. The server's next answer replaces them. */
import type { Decided, Summary } from "../../api/generated";
import type { Made } from "./work-list";

type Count = (summary: Summary) => Partial<Summary>;

function counted({ item, choice }: Made, { items, decision }: Decided, by: 1 | -1): Count {
  const setAside = choice.action === "unsure";
  const waited = item.state === "waiting" ? 1 : 0;
  const wasUnsure = item.state === "unsure" ? 1 : 0;
  const more = (value: number, change: number) => Math.max(0, value + by * change);
  return (summary) => ({
    waiting: more(summary.waiting, -waited),
    copies: more(summary.copies, 1 - items),
    unsure: more(summary.unsure, (setAside ? 1 : 0) - wasUnsure),
    decided_today: more(summary.decided_today, items),
    corrected_today: more(summary.corrected_today, decision.agrees === false ? items : 0),
    new_decisions: more(summary.new_decisions, decision.learnt ? 1 : 0),
  });
}

/** A decision that was made before changes nothing. */
export const afterDecision = (made: Made, decided: Decided): Count =>
  decided.new ? counted(made, decided, 1) : () => ({});

/** `undone` is about the undo, so what the decision said of the classifier is taken from the next answer. */
export const afterUndo = (made: Made, undone: Decided): Count =>
  undone.new ? counted(made, undone, -1) : () => ({});
