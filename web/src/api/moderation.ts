/** The queue of comments that moderators decide about. Requests need the scope `moderate` unless they say otherwise. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type QueryClient,
} from "@tanstack/react-query";

import { dataOf } from "./client";
import {
  addItemFile,
  changeRules,
  changeWebhook,
  decideItem,
  deleteItem,
  deleteWebhook,
  explainItem,
  exportDecisions,
  getItem,
  getReport,
  getRules,
  getSummary,
  getWish,
  listDecisions,
  listQueue,
  listWebhooks,
  previewWish,
  registerWebhook,
  releaseItems,
  setWish,
  takeNext,
  undoDecision,
  type DiscussionResponse,
  type Item,
  type ListQueueData,
  type NewDecision,
  type NewWebhook,
  type PreviewWishData,
  type RulesChange,
  type Summary,
  type WebhookChange,
  type Wish,
} from "./generated";
import { retryOptions } from "./retry";

const PAGE = 100;
/** How often the counters, and whether there are new comments, are asked for. */
const POLL_MS = 15_000;
/** While comments are being scored, or none is there. */
const SHORT_POLL_MS = 2000;

export const QUEUE = ["queue"] as const;
/** Undefined: the community of the server's settings. */
export type Community = string | undefined;
export type Wanted = Omit<NonNullable<ListQueueData["query"]>, "limit" | "cursor" | "classifier">;

const queryOf = (community: Community) => (community === undefined ? {} : { classifier: community });

/** Pages aren't refetched automatically: comments would move while somebody reads them. */
export const queueQuery = (community: Community, wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: [...QUEUE, "list", community, wanted],
    queryFn: ({ signal, pageParam }) =>
      dataOf(
        listQueue({
          query: {
            ...queryOf(community),
            ...wanted,
            limit: PAGE,
            ...(pageParam === null ? {} : { cursor: pageParam }),
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
    gcTime: 0, // a visit begins with what waits then
    ...retryOptions,
  });

/** The beginning of the list as it is now, to see whether comments came in. */
export const newestQuery = (community: Community, wanted: Wanted) =>
  queryOptions({
    queryKey: [...QUEUE, "newest", community, wanted],
    queryFn: ({ signal }) =>
      dataOf(listQueue({ query: { ...queryOf(community), ...wanted, limit: PAGE }, signal })),
    refetchInterval: ({ state }) => (state.data?.items.length === 0 ? SHORT_POLL_MS : POLL_MS),
    ...retryOptions,
  });

/** More points of a timeline couldn't be told apart. */
const MOST_OF_THREAD = 1000;

/** The comments of a discussion in all states, the oldest first; asked for again while some are being scored. */
export const threadQuery = (community: Community, thread: string) =>
  queryOptions({
    queryKey: [...QUEUE, "thread", community, thread],
    queryFn: async ({ signal }) => {
      const items: Item[] = [];
      let next: string | null | undefined;
      while (next !== null && items.length < MOST_OF_THREAD) {
        const query = { ...queryOf(community), thread, state: "all", order: "oldest", limit: PAGE } as const;
        const page = await dataOf(
          listQueue({ query: { ...query, ...(next ? { cursor: next } : {}) }, signal }),
        );
        items.push(...page.items);
        next = page.next;
      }
      return items;
    },
    refetchInterval: ({ state }) =>
      state.data?.some((item) => item.state === "scoring") ? SHORT_POLL_MS : false,
    ...retryOptions,
  });

const summaryKey = (community: Community) => [...QUEUE, "summary", community] as const;

export const summaryQuery = (community: Community) =>
  queryOptions({
    queryKey: summaryKey(community),
    queryFn: ({ signal }) => dataOf(getSummary({ query: queryOf(community), signal })),
    refetchInterval: ({ state }) => (state.data?.scoring ? SHORT_POLL_MS : POLL_MS),
    ...retryOptions,
  });

/** Changes the counters at once; the next answer of the server replaces them. */
export const countInSummary = (
  client: QueryClient,
  community: Community,
  count: (summary: Summary) => Partial<Summary>,
): void => {
  client.setQueryData(summaryQuery(community).queryKey, (summary) =>
    summary ? { ...summary, ...count(summary) } : summary,
  );
};

export const rulesQuery = (community: Community) =>
  queryOptions({
    queryKey: [...QUEUE, "rules", community],
    queryFn: ({ signal }) => dataOf(getRules({ query: queryOf(community), signal })),
    ...retryOptions,
  });

export const wishQuery = (community: Community) =>
  queryOptions({
    queryKey: [...QUEUE, "wish", community],
    queryFn: ({ signal }) => dataOf(getWish({ query: queryOf(community), signal })),
    ...retryOptions,
  });

export type Tried = Omit<NonNullable<PreviewWishData["query"]>, "classifier">;

/** What a wish, or two thresholds, would do. */
export const previewQuery = (community: Community, tried: Tried) =>
  queryOptions({
    queryKey: [...QUEUE, "preview", community, tried],
    queryFn: ({ signal }) => dataOf(previewWish({ query: { ...queryOf(community), ...tried }, signal })),
    placeholderData: keepPreviousData,
    ...retryOptions,
  });

/** An item in its discussion. */
export const itemQuery = (number: number) =>
  queryOptions({
    queryKey: [...QUEUE, "item", number],
    queryFn: ({ signal }) => dataOf(getItem({ path: { number: `${number}` }, signal })),
    staleTime: 30_000,
    ...retryOptions,
  });

export const explanationQuery = ({ number, edits, version }: Pick<Item, "number" | "edits" | "version">) =>
  queryOptions({
    queryKey: [...QUEUE, "explanation", number, edits, version?.head],
    queryFn: ({ signal }) => dataOf(explainItem({ path: { number: `${number}` }, signal })),
    staleTime: Infinity,
    ...retryOptions,
  });

export const decisionsQuery = (community: Community) =>
  infiniteQueryOptions({
    queryKey: [...QUEUE, "decisions", community],
    queryFn: ({ signal, pageParam }) =>
      dataOf(
        listDecisions({
          query: { ...queryOf(community), ...(pageParam === null ? {} : { cursor: pageParam }) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    gcTime: 0,
    ...retryOptions,
  });

export const reportQuery = (community: Community, weeks: number) =>
  queryOptions({
    queryKey: [...QUEUE, "report", community, weeks],
    queryFn: ({ signal }) => dataOf(getReport({ query: { ...queryOf(community), weeks }, signal })),
    ...retryOptions,
  });

/** Needs the scope `classifiers`. */
export const webhooksQuery = queryOptions({
  queryKey: [...QUEUE, "webhooks"],
  queryFn: ({ signal }) => dataOf(listWebhooks({ signal })),
  ...retryOptions,
});

// Each of these rejects with an ApiError.

/** Holds these items, as far as nobody else does, and no others. */
export const hold = (community: Community, claim: string, items: number[]) =>
  dataOf(takeNext({ query: queryOf(community), body: { claim, items } }));

/** Lets others have the items at once; also while the tab is being closed. */
export const release = (claim: string) =>
  dataOf(releaseItems({ path: { identity: claim }, keepalive: true }));

export const decide = (number: number, body: NewDecision) =>
  dataOf(decideItem({ path: { number: `${number}` }, body }));

export const undo = (request: string, undoes: string) => dataOf(undoDecision({ body: { request, undoes } }));

export const removeItem = (number: number) => dataOf(deleteItem({ path: { number: `${number}` } }));

/** Needs the scope `items`. The content says what the file is; a discussion that was pasted has a `split`. */
export const sendItems = (
  community: Community,
  content: Blob | string,
  split?: DiscussionResponse["split"],
) =>
  dataOf(
    addItemFile({
      query: { ...queryOf(community), ...(split ? { split } : {}) },
      headers: { "Content-Type": "text/plain" },
      body: content as string, // sent as it is
      bodySerializer: null,
    }),
  );

/** Needs the scope `classifiers`. Each version gets its own thresholds from it. */
export const storeWish = (community: Community, body: Wish) =>
  dataOf(setWish({ query: queryOf(community), body }));

/** Needs the scope `classifiers`. */
export const setRules = (community: Community, body: RulesChange) =>
  dataOf(changeRules({ query: queryOf(community), body }));

export const exportedDecisions = (community: Community, format: "csv" | "jsonl"): Promise<Blob> =>
  dataOf(
    exportDecisions({ query: { ...queryOf(community), format }, parseAs: "blob" }) as Promise<{
      data?: Blob;
    }>,
  );

// These need the scope `classifiers`.

export const addWebhook = (body: NewWebhook) => dataOf(registerWebhook({ body }));
export const setWebhook = (identity: string, body: WebhookChange) =>
  dataOf(changeWebhook({ path: { identity }, body }));
export const removeWebhook = (identity: string) => dataOf(deleteWebhook({ path: { identity } }));
