/** Who is signed in: a key or a one-time token is exchanged for a cookie that scripts can't read. */
import { queryOptions } from "@tanstack/react-query";

import { noteSignedIn } from "../lib/signed-in";
import { ApiError, dataOf } from "./client";
import { client } from "./generated/client.gen";
import { retryOptions } from "./retry";

export interface Session {
  /** The name of the key, or "owner". */
  name: string;
}

const URL = "/api/v1/session";

/** Null if nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await dataOf(client.get<Session>({ url: URL, signal }) as Promise<{ data?: Session }>);
      noteSignedIn(true);
      return session;
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
      noteSignedIn(false);
      return null;
    }
  },
  staleTime: 60_000,
  ...retryOptions,
});

/** Rejects with an ApiError. */
export async function signIn(secret: { key: string } | { token: string }): Promise<Session> {
  const session = await dataOf(
    client.post({ url: URL, body: secret, headers: { "Content-Type": "application/json" } }) as Promise<{
      data?: Session;
    }>,
  );
  noteSignedIn(true);
  return session;
}

/** Rejects with an ApiError. */
export async function signOut(): Promise<void> {
  await dataOf(client.delete({ url: URL }) as Promise<{ data?: unknown }>);
  noteSignedIn(false);
}
