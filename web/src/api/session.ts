/** Who is signed in: a key or a one-time token is exchanged for a cookie that scripts can't read. */
import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { noteSignedIn } from "../lib/signed-in";
import { dataOf } from "./client";
import { getSession, signIn as postSession, signOut as deleteSession, type Session } from "./generated";
import { retryOptions } from "./retry";

/** The sign-in with the token in the address, while it is going on. */
let byAddress: Promise<unknown> = Promise.resolve();

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    await byAddress.catch(() => undefined); // reported where it began
    const session = await dataOf(getSession({ signal }));
    noteSignedIn(mayTeach(session));
    return session;
  },
  staleTime: 60_000,
  ...retryOptions,
});

/** Whether somebody is signed in who may teach classifiers. */
export const mayTeach = ({ scopes }: Session): boolean =>
  scopes.includes("classifiers") || scopes.includes("admin");

/** Rejects with an ApiError. */
export async function signIn(secret: { key: string } | { token: string }): Promise<Session> {
  const session = await dataOf(postSession({ body: secret }));
  noteSignedIn(mayTeach(session));
  return session;
}

/** Signs in with the token in the address; others wait for it. Rejects with an ApiError. */
export async function signInByAddress(token: string, client: QueryClient): Promise<void> {
  const signing = signIn({ token });
  byAddress = signing;
  client.setQueryData(sessionQuery.queryKey, await signing);
}

/** Rejects with an ApiError. */
export async function signOut(): Promise<void> {
  await dataOf(deleteSession());
  noteSignedIn(false);
}
