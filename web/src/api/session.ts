/** Who is signed in for the requests that need the scope `classifiers`: by an API key, which stays in this tab. */
import { queryOptions } from "@tanstack/react-query";

import { noteSignedIn } from "../lib/signed-in";
import { ApiError, dataOf } from "./client";
import { listClassifiers } from "./generated";
import { retryOptions } from "./retry";

const KEY = "valence-classifiers-key";

export interface Session {
  /** Who it is, in words. */
  name: string;
}

/** If storage is blocked, the key must be entered again after a reload. */
let held: string | undefined;

function readKey(): string | undefined {
  try {
    return held ?? sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return held;
  }
}

function writeKey(key: string | undefined): void {
  held = key;
  try {
    if (key === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, key);
  } catch {
    // storage is blocked
  }
}

/** What requests of who is signed in are sent with. */
export function credentials(): { auth?: string } {
  const key = readKey();
  return key === undefined ? {} : { auth: key };
}

const SESSION: Session = { name: "the holder of an API key" };

/** Null if nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Session | null> => {
    const key = readKey();
    const allowed = key !== undefined && (await isAllowed(key, signal));
    if (!allowed) writeKey(undefined);
    noteSignedIn(allowed);
    return allowed ? SESSION : null;
  },
  staleTime: 60_000,
  ...retryOptions,
});

async function isAllowed(key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await dataOf(listClassifiers({ auth: key, signal }));
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return false;
    throw error;
  }
}

/** Rejects with an ApiError. */
export async function signIn(secret: { key: string } | { token: string }): Promise<Session> {
  const key = "key" in secret ? secret.key : secret.token;
  await dataOf(listClassifiers({ auth: key }));
  writeKey(key);
  noteSignedIn(true);
  return SESSION;
}

export function signOut(): Promise<void> {
  writeKey(undefined);
  noteSignedIn(false);
  return Promise.resolve();
}
