import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import type { Item } from "../../api/generated";
import { hold, newestQuery, queueQuery, release, type Community, type Wanted } from "../../api/moderation";
import { retryOptions } from "../../api/retry";
import { uuid } from "../../lib/uuid";
import { IN_ORDER } from "./in-order";
import * as lists from "./work-list";

/** The next page is asked for when so few comments are ahead. */
const AHEAD = 60;
/** A claim holds for five minutes; what others held may be free earlier. */
const RENEW_MS = 60_000;

type Change = (open: readonly Item[], list: lists.WorkList) => lists.WorkList;

export interface Work {
  /** The comments that are still to do, as far as they were asked for. */
  open: readonly Item[];
  /** The one that is shown. */
  current: Item | undefined;
  /** Whether it can be decided, because nobody else gets it. */
  isOurs: boolean;
  /** The one after it, so that it can be prepared. */
  next: Item | undefined;
  list: lists.WorkList;
  change: (change: Change) => void;
  /** Of this tab; decisions name it. */
  claim: string;
  /** Comments that came in since the list was asked for. */
  arrived: number;
  refresh: () => void;
  /** More comments are wanted, because the list was scrolled. */
  more: () => void;
  hasMore: boolean;
  pending: boolean;
  error: ApiError | undefined;
  retry: () => void;
}

/**
 * The list, and the comments that this tab holds so that nobody else gets them. `first`: number of the comment to begin
 * with, if the list has it.
 */
export function useWorkList(community: Community, wanted: Wanted, first?: number): Work {
  const client = useQueryClient();
  const query = queueQuery(community, wanted);
  const pages = useInfiniteQuery(query);
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  const items = useMemo(() => once(pages.data?.pages.flatMap((page) => page.items) ?? []), [pages.data]);
  const [list, setList] = useListOf(JSON.stringify(query.queryKey), first);
  const open = useMemo(() => lists.openItems(items, list), [items, list]);
  const at = lists.placeOf(open, list);
  const current = open[at];
  const change = (made: Change) => setList((now) => made(lists.openItems(items, now), now));
  // Of one discussion only: for a comment that a long queue no longer has, all of it would be loaded.
  const isSought =
    wanted.thread !== undefined &&
    list.current !== undefined &&
    !open.some(({ number }) => number === list.current);
  const runsOut = hasNextPage && !isFetching && !pages.isError && (isSought || open.length - at < AHEAD);
  useEffect(() => {
    if (runsOut) void fetchNextPage();
  }, [runsOut, fetchNextPage]);
  const arrived = useArrived(community, wanted, items);
  const refresh = () => {
    setList(lists.forOtherList);
    void client.resetQueries({ queryKey: query.queryKey, exact: true });
  };
  const onArrival = useEffectEvent(refresh);
  const isAwaited = pages.isSuccess && items.length === 0 && arrived > 0;
  useEffect(() => {
    if (isAwaited) onArrival();
  }, [isAwaited]);
  return {
    open,
    current,
    isOurs: current !== undefined && lists.isOurs(current, list),
    next: open[at + 1],
    list,
    change,
    claim: useClaim(community, open, list, change),
    arrived,
    refresh,
    more: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
    hasMore: hasNextPage,
    pending: pages.isPending,
    error: pages.failureReason ? asApiError(pages.failureReason) : undefined,
    retry: () => void (pages.data ? fetchNextPage() : pages.refetch()),
  };
}

/** A comment can move to the next page between two requests. */
const once = (items: readonly Item[]): Item[] => [
  ...new Map(items.map((item) => [item.number, item])).values(),
];

/** The state of the list with this key; another key begins another list. */
function useListOf(
  key: string,
  first: number | undefined,
): [lists.WorkList, (change: (list: lists.WorkList) => lists.WorkList) => void] {
  const [state, setState] = useState({ key, list: { ...lists.EMPTY, current: first } });
  if (state.key !== key) setState({ key, list: { ...lists.forOtherList(state.list), current: first } });
  return [state.list, (change) => setState((now) => ({ ...now, list: change(now.list) }))];
}

/** How many comments at the beginning of the list came in after the list was asked for. */
function useArrived(community: Community, wanted: Wanted, items: readonly Item[]): number {
  const { data } = useQuery(newestQuery(community, wanted));
  return useMemo(() => {
    const known = new Set(items.map(({ number }) => number));
    const last = items.reduce((latest, { received_at: at }) => (at > latest ? at : latest), "");
    return data?.items.filter((item) => !known.has(item.number) && item.received_at > last).length ?? 0;
  }, [data, items]);
}

/** Holds the comment that is shown and the next ones; others get them when the tab leaves. */
function useClaim(
  community: Community,
  open: readonly Item[],
  list: lists.WorkList,
  change: (change: Change) => void,
): string {
  const [claim] = useState(uuid);
  const wanted = lists.wantedHeld(open, list);
  const key = lists.isLow(wanted, list) ? wanted.join() : "";
  const { mutate: ask } = useMutation({
    networkMode: "always",
    scope: IN_ORDER, // a comment can be held again once its undo is saved
    ...retryOptions,
    mutationFn: (numbers: number[]) => hold(community, claim, numbers),
    onSuccess: ({ items }, numbers) => {
      const got = items.map(({ number }) => number);
      change((_open, now) => lists.withHeld(now, numbers, got));
    },
  });
  const onLow = useEffectEvent(() => ask(wanted));
  useEffect(() => {
    if (key !== "") onLow();
  }, [key]);
  const renew = useEffectEvent(() => {
    change(lists.withoutOthers);
    ask(lists.wantedHeld(open, lists.withoutOthers(open, list)));
  });
  useEffect(() => {
    const timer = setInterval(renew, RENEW_MS);
    const leave = () => void release(claim).catch(() => undefined); // they are free after five minutes at the latest
    window.addEventListener("pagehide", leave);
    return () => {
      clearInterval(timer);
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [claim]);
  return claim;
}
