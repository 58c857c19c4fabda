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
    noteSignedIn(scopesOf(session));
    return session;
  },
  staleTime: 60_000,
  ...retryOptions,
});

/** What the pages need to know of. */
export type Scope = "classifiers" | "items" | "moderate";
const SCOPES: readonly Scope[] = ["classifiers", "items", "moderate"];

/** Whether somebody is signed in who may do this. */
export const may = ({ scopes }: Session, scope: Scope): boolean =>
  scopes.includes(scope) || scopes.includes("admin");

const scopesOf = (session: Session): Scope[] => SCOPES.filter((scope) => may(session, scope));

/** Rejects with an ApiError. */
export async function signIn(secret: { key: string } | { token: string }): Promise<Session> {
  const session = await dataOf(postSession({ body: secret }));
  noteSignedIn(scopesOf(session));
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
  noteSignedIn([]);
}
