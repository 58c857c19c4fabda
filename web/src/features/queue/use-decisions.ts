import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import type { Decided } from "../../api/generated";
import { countInSummary, decide, undo, type Community } from "../../api/moderation";
import { retryOptions } from "../../api/retry";
import { uuid } from "../../lib/uuid";
import { afterDecision, afterUndo } from "./counters";
import { IN_ORDER } from "./in-order";
import type { Refusals } from "./use-refusals";
import type { Work } from "./use-work-list";
import * as lists from "./work-list";

const KEY = ["decisions"] as const;
/** Somebody else was faster, or the comment is gone: there is nothing left to decide. */
const LOST = ["item-claimed", "item-decided", "unknown-item"];

export interface LastDecision {
  made: lists.Made;
  /** Undefined until the server has saved it. */
  saved: Decided | undefined;
}

export interface Decisions {
  decide: (choice: lists.Choice, reason: number | undefined, copies: boolean) => void;
  undo: () => void;
  canUndo: boolean;
  last: LastDecision | undefined;
  /** How many decisions aren't saved yet. */
  unsaved: number;
}

/** How many decisions and undos the server hasn't saved yet. */
export const useUnsaved = (): number => useIsMutating({ mutationKey: KEY });

/**
 * Decisions are shown at once and sent one after the other. If the server doesn't answer, they are sent again until it
 * does: each has its own ID, so that none counts twice.
 */
export function useDecisions(community: Community, work: Work, { setLost, setFailure }: Refusals): Decisions {
  const [saved, setSaved] = useState<Decided>();
  const { change, list } = work;
  const sending = useSending(community, work.claim, {
    onSaved: setSaved,
    onRefused: (made, problem) => {
      const isLost = LOST.includes(problem.code);
      if (isLost) setLost({ item: made.item, why: problem, isOld: false });
      else setFailure(problem);
      change((_open, now) => (isLost ? lists.withLost(now, made) : lists.withReturned(now, made)));
    },
    onUndoFailed: setFailure,
  });
  const unsaved = useUnsaved();
  useLeaveWarning(unsaved > 0);
  const newest = list.made.at(-1);
  return {
    decide: (choice, reason, copies) => {
      if (!work.current || !work.isOurs) return;
      const made = { request: uuid(), item: work.current, choice, reason, copies };
      // It stays for one more decision: it can come between two quick keys.
      setLost((lost) => (lost && !lost.isOld ? { ...lost, isOld: true } : undefined));
      change((open, now) => lists.withDecision(open, now, made));
      sending.decide(made);
    },
    undo: () => {
      if (!newest) return;
      change((_open, now) => lists.withUndo(now, newest));
      sending.undo(newest);
    },
    canUndo: newest !== undefined,
    last: newest && { made: newest, saved: saved?.decision.request === newest.request ? saved : undefined },
    unsaved,
  };
}

interface Outcomes {
  onSaved: (saved: Decided) => void;
  onRefused: (made: lists.Made, problem: ApiError) => void;
  onUndoFailed: (problem: ApiError) => void;
}

/** Sends decisions and undos in their order. */
function useSending(community: Community, claim: string, outcomes: Outcomes) {
  const client = useQueryClient();
  const serially = { networkMode: "always", mutationKey: KEY, scope: IN_ORDER } as const;
  const { mutate: send } = useMutation({
    ...serially,
    ...retryOptions,
    mutationFn: ({ request, item, choice, reason, copies }: lists.Made) =>
      decide(item.number, {
        request,
        claim,
        copies,
        ...choice,
        reason: reason ?? null,
        replace: item.state === "decided",
      }),
    onSuccess: (saved, made) => {
      outcomes.onSaved(saved);
      countInSummary(client, community, afterDecision(made, saved));
    },
    onError: (error, made) => outcomes.onRefused(made, asApiError(error)),
  });
  const { mutate: sendUndo } = useMutation({
    ...serially,
    ...retryOptions,
    mutationFn: ({ made, request }: { made: lists.Made; request: string }) => undo(request, made.request),
    onSuccess: (result, { made }) => countInSummary(client, community, afterUndo(made, result)),
    onError: (error) => {
      const problem = asApiError(error);
      // If the decision itself was refused, there is nothing to undo.
      if (problem.code !== "unknown-decision") outcomes.onUndoFailed(problem);
    },
  });
  return { decide: send, undo: (made: lists.Made) => sendUndo({ made, request: uuid() }) };
}

/** Asks before the tab is closed with decisions that aren't saved. */
function useLeaveWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
}
