/** Files that the server scores in the background: handed in, looked at, downloaded, removed. Each call needs a key. */
import { queryOptions } from "@tanstack/react-query";

import { keep, kept } from "../lib/kept";
import { dataOf } from "./client";
import { createJob, deleteJob, getJobResult, listJobs, type Job } from "./generated";
import { retrying } from "./retrying";

const LOOK_AGAIN_MS = 2000;
/** For as long as this tab lives; "" where the server takes files from people without one. */
const KEY = "valence-key";
const NAMES = "job-names";

export function storedKey(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // storage is blocked: the key is typed again after a reload
  }
}

export function storeKey(key: string): void {
  try {
    sessionStorage.setItem(KEY, key);
  } catch {
    // storage is blocked: the key is typed again after a reload
  }
}

/** The jobs of a key, newest first; asked for again while one of them is not finished. */
export const jobsQuery = (key: string) =>
  queryOptions({
    queryKey: ["jobs", key],
    queryFn: async ({ signal }) => (await dataOf(listJobs({ ...by(key), signal }))).jobs,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? LOOK_AGAIN_MS : false),
    ...retrying,
  });

export const isUnderWay = ({ state }: Job): boolean => state === "waiting" || state === "running";

export interface FileForServer {
  name: string;
  /** With a line of column names, in UTF-8. */
  csv: string;
  textColumn: string;
  model: string;
}

/** Hands a file in, and remembers its name in this browser: the server has none. Rejects with an ApiError. */
export async function handIn({ name, csv, textColumn, model }: FileForServer, key: string): Promise<Job> {
  const job = await dataOf(createJob({ ...by(key), body: csv, query: { text_column: textColumn, model } }));
  await keep(NAMES, { ...(await jobNames()), [job.id]: name });
  return job;
}

/** What this browser calls the jobs that it handed in, by id. */
export const jobNames = async (): Promise<Record<string, string>> =>
  (await kept<Record<string, string>>(NAMES)) ?? {};

/** The scored file, as it came and with its answers. Rejects with an ApiError. */
export const resultOf = ({ id }: Job, key: string): Promise<Blob> =>
  dataOf(getJobResult({ ...by(key), path: { identity: id }, parseAs: "blob" }) as Promise<{ data?: Blob }>);

/** Cancels or removes a job, with its file. Rejects with an ApiError. */
export async function removeJob({ id }: Job, key: string): Promise<void> {
  await dataOf(deleteJob({ ...by(key), path: { identity: id } }));
}

const by = (key: string) => (key === "" ? {} : { auth: key });
