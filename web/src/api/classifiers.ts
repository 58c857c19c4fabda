/** Classifiers that people teach: their examples, fits and versions. Every request needs the scope `classifiers`. */
import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";

import { dataOf } from "./client";
import { bodyOf } from "./files";
import {
  addExampleFile,
  cancelFit,
  changeClassifier,
  changeExample,
  compareVersions,
  createClassifier,
  deleteClassifier,
  deleteVersion,
  downloadVersion,
  eraseExamples,
  exportExamples,
  fitClassifier,
  getClassifier,
  getVersion,
  listClassifiers,
  listExamples,
  listNextTexts,
  listSuspects,
  listVersions,
  publishVersion,
  removeExample,
  tryVersion,
  unpublish,
  uploadVersion,
  type AddExampleFileData,
  type Classifier,
  type EraseRequest,
  type ExampleChange,
  type ListExamplesData,
  type NewClassifier,
  type VersionSummary,
} from "./generated";
import { retryOptions } from "./retry";

/** How often a running fit is asked for. */
const POLL_MS = 700;
const PAGE = 50;

export const CLASSIFIERS = ["classifiers"] as const;

export const classifiersQuery = queryOptions({
  queryKey: CLASSIFIERS,
  queryFn: ({ signal }) => dataOf(listClassifiers({ signal })),
  ...retryOptions,
});

/** Asked again while it is fitted. */
export const classifierQuery = (name: string) =>
  queryOptions({
    queryKey: [...CLASSIFIERS, name],
    queryFn: ({ signal }) => dataOf(getClassifier({ path: { name }, signal })),
    refetchInterval: ({ state }) => (isFitting(state.data) ? POLL_MS : false),
    ...retryOptions,
  });

export const isFitting = (classifier: Classifier | undefined): boolean =>
  ["waiting", "running"].includes(classifier?.fit?.state ?? "");

/** A version never changes, but the next fit may replace it: then its head is another. */
export const versionQuery = (name: string, { number, head, published }: VersionSummary) =>
  queryOptions({
    queryKey: [...CLASSIFIERS, name, "version", number, head, published],
    queryFn: ({ signal }) => dataOf(getVersion({ path: { name, number: `${number}` }, signal })),
    ...retryOptions,
  });

/** The newest and the published version are in the keys: when they change, so do the lists. */
type Heads = Pick<Classifier, "name" | "newest" | "published">;
const headsOf = ({ newest, published }: Heads) => [newest?.head ?? null, published?.number ?? null] as const;

export const versionsQuery = ({ name, ...heads }: Heads) =>
  queryOptions({
    queryKey: [...CLASSIFIERS, name, "versions", ...headsOf({ name, ...heads })],
    queryFn: async ({ signal }) => (await dataOf(listVersions({ path: { name }, signal }))).versions,
    ...retryOptions,
  });

/** On all examples, or on those from one source. */
export const comparisonQuery = (name: string, number: number, withVersion: number, source?: "decision") =>
  queryOptions({
    queryKey: [...CLASSIFIERS, name, "comparison", number, withVersion, source],
    queryFn: ({ signal }) =>
      dataOf(
        compareVersions({
          path: { name, number: `${number}` },
          query: { with_version: withVersion, ...(source && { source }) },
          signal,
        }),
      ),
    ...retryOptions,
  });

export const suspectsQuery = ({ name, ...heads }: Heads) =>
  queryOptions({
    queryKey: [...CLASSIFIERS, name, "suspects", ...headsOf({ name, ...heads })],
    queryFn: ({ signal }) => dataOf(listSuspects({ path: { name }, signal })),
    ...retryOptions,
  });

export const trialQuery = (name: string, { number, head }: VersionSummary, text: string) =>
  queryOptions({
    queryKey: [...CLASSIFIERS, name, "trial", number, head, text],
    queryFn: ({ signal }) =>
      dataOf(tryVersion({ path: { name, number: `${number}` }, body: { text, explain: true }, signal })),
    enabled: text.trim() !== "",
    staleTime: Infinity,
    ...retryOptions,
  });

export type Wanted = Omit<NonNullable<ListExamplesData["query"]>, "limit" | "cursor">;

export const examplesQuery = (name: string, wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: [...CLASSIFIERS, name, "examples", wanted],
    queryFn: ({ signal, pageParam }) =>
      dataOf(
        listExamples({
          path: { name },
          query: { ...wanted, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    ...retryOptions,
  });

/** Everything known of classifiers may be out of date. */
export const refresh = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: CLASSIFIERS });

/** An example was labelled: how many there are, and the fit that may follow. */
export const refreshCounts = (client: QueryClient, name: string): Promise<void> =>
  client.invalidateQueries({ queryKey: [...CLASSIFIERS, name], exact: true });

/** What answers requests has changed, so the list of models has too. */
export const refreshModels = async (client: QueryClient): Promise<void> => {
  await Promise.all([refresh(client), client.invalidateQueries({ queryKey: ["models"] })]);
};

// Each of these rejects with an ApiError.

export const create = (body: NewClassifier) => dataOf(createClassifier({ body }));

export const setLabels = (name: string, labels: string[]) =>
  dataOf(changeClassifier({ path: { name }, body: { labels } }));

export const removeClassifier = (name: string) => dataOf(deleteClassifier({ path: { name } }));

export const addFile = (name: string, file: File, query: AddExampleFileData["query"], signal?: AbortSignal) =>
  dataOf(
    addExampleFile({
      path: { name },
      ...bodyOf(file),
      ...(query ? { query } : {}),
      ...(signal ? { signal } : {}),
    }),
  );

export const change = (name: string, identity: number, body: ExampleChange) =>
  dataOf(changeExample({ path: { name, identity: `${identity}` }, body }));

export const remove = (name: string, identity: number) =>
  dataOf(removeExample({ path: { name, identity: `${identity}` } }));

export const erase = (body: EraseRequest) => dataOf(eraseExamples({ body }));

export const exported = (name: string): Promise<Blob> =>
  dataOf(
    exportExamples({ path: { name }, query: { format: "csv" }, parseAs: "blob" }) as Promise<{ data?: Blob }>,
  );

export const nextTexts = (name: string, limit: number) =>
  dataOf(listNextTexts({ path: { name }, query: { limit } }));

export const fit = (name: string) => dataOf(fitClassifier({ path: { name }, body: {} }));

export const stopFit = (name: string) => dataOf(cancelFit({ path: { name } }));

export const publish = (name: string, { number, head }: VersionSummary) =>
  dataOf(publishVersion({ path: { name }, body: { version: number, head } }));

export const stopPublishing = (name: string) => dataOf(unpublish({ path: { name } }));

export const removeVersion = (name: string, number: number) =>
  dataOf(deleteVersion({ path: { name, number: `${number}` } }));

/** A model folder in a ZIP file; `transformers`: also with the network as transformers loads it. */
export const downloaded = (name: string, number: number, transformers = false): Promise<Blob> =>
  dataOf(
    downloadVersion({
      path: { name, number: `${number}` },
      query: { parts: transformers ? "transformers" : "serving" },
      parseAs: "blob",
    }) as Promise<{
      data?: Blob;
    }>,
  );

/** A new version from a ZIP file with a head. */
export const uploadedVersion = (name: string, archive: Blob, note: string) =>
  dataOf(
    uploadVersion({
      path: { name },
      query: { note },
      headers: { "Content-Type": "application/zip" },
      body: archive as unknown as string, // the document has no type for bytes
      bodySerializer: null,
    }),
  );
