import { useState } from "react";

import type { Action } from "./keys";
import type { Decisions } from "./use-decisions";

export interface DecisionInput {
  /** From 1 to 5, for the next decision. */
  reason: number | undefined;
  /** Chosen labels of a comment that can have several; undefined if it has one. */
  chosen: readonly string[] | undefined;
  act: (action: Action) => void;
}

interface Input {
  number: number | undefined;
  reason: number | undefined;
  chosen: readonly string[];
}

/** The reason and the labels that were chosen for the comment that is shown, until it is decided. */
export function useDecisionInput(
  number: number | undefined,
  several: boolean,
  decisions: Decisions,
): DecisionInput {
  const empty: Input = { number, reason: undefined, chosen: [] };
  const [state, setState] = useState(empty);
  const input = state.number === number ? state : empty;
  const act = (action: Action) => {
    if (action.kind === "decide") {
      decisions.decide({ action: action.action }, input.reason, action.copies);
    } else if (action.kind === "reason") {
      setState({ ...input, reason: action.reason === input.reason ? undefined : action.reason });
    } else if (action.kind === "save") {
      if (several)
        decisions.decide({ action: "label", labels: [...input.chosen] }, input.reason, action.copies);
    } else if (action.kind === "label" && several) {
      const { label } = action;
      const without = input.chosen.filter((other) => other !== label);
      setState({
        ...input,
        chosen: without.length < input.chosen.length ? without : [...input.chosen, label],
      });
    } else if (action.kind === "label") {
      decisions.decide({ action: "label", labels: [action.label] }, input.reason, action.copies);
    }
  };
  return { reason: input.reason, chosen: several ? input.chosen : undefined, act };
}
