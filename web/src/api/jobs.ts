/** Files that the server scores in the background: submit, list, download, delete. Every request needs an API key. */
import { queryOptions } from "@tanstack/react-query";

import { storeItem, loadItem } from "../lib/browser-store";
import { dataOf } from "./client";
import { bodyOf, optionsToScore, type ReadOptions } from "./files";
import { createJob, deleteJob, getJobResult, listJobs, type Job } from "./generated";
import { retryOptions } from "./retry";

const POLL_MS = 2000;
/** Stored for the lifetime of the tab; "" if the server accepts files without a key. */
const KEY = "valence-key";
const NAMES = "job-names";

export function storedKey(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // storage is blocked: the key must be entered again after a reload
  }
}

export function storeKey(key: string): void {
  try {
    sessionStorage.setItem(KEY, key);
  } catch {
    // storage is blocked: the key must be entered again after a reload
  }
}

/** The jobs of a key, newest first; polled while one is unfinished. */
export const jobsQuery = (key: string) =>
  queryOptions({
    queryKey: ["jobs", key],
    queryFn: async ({ signal }) => (await dataOf(listJobs({ ...withKey(key), signal }))).jobs,
    refetchInterval: ({ state }) => (state.data?.some(isUnfinished) ? POLL_MS : false),
    ...retryOptions,
  });

export const isUnfinished = ({ state }: Job): boolean => state === "waiting" || state === "running";

export interface FileToSubmit {
  file: File;
  options: ReadOptions;
  model: string;
}

/** Submits a file and stores its name in this browser, because the server doesn't. Rejects with an ApiError. */
export async function submitFile({ file, options, model }: FileToSubmit, key: string): Promise<Job> {
  const query = { clean: "none", ...optionsToScore(options), model } as const;
  const job = await dataOf(createJob({ ...withKey(key), ...bodyOf(file), query }));
  await storeItem(NAMES, { ...(await jobNames()), [job.id]: file.name });
  return job;
}

/** The file names of the jobs submitted by this browser, by job id. */
export const jobNames = async (): Promise<Record<string, string>> =>
  (await loadItem<Record<string, string>>(NAMES)) ?? {};

/** The scored file: its own columns and the results. Rejects with an ApiError. */
export const downloadResult = ({ id }: Job, key: string): Promise<Blob> =>
  dataOf(
    getJobResult({ ...withKey(key), path: { identity: id }, parseAs: "blob" }) as Promise<{ data?: Blob }>,
  );

/** Cancels or deletes a job and its file. Rejects with an ApiError. */
export async function removeJob({ id }: Job, key: string): Promise<void> {
  await dataOf(deleteJob({ ...withKey(key), path: { identity: id } }));
}

const withKey = (key: string) => (key === "" ? {} : { auth: key });
