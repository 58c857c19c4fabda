/** The one-time token in the address that the terminal printed. */

/** The token in an address's query or fragment; undefined if there is none. */
export const tokenIn = ({ search, hash }: Pick<Location, "search" | "hash">): string | undefined =>
  new URLSearchParams(search).get("token") ??
  new URLSearchParams(hash.replace(/^#/, "")).get("token") ??
  undefined;

/** Takes the token out of the address, so that it neither stays in the history nor is shared with the link. */
export function takeToken(): string | undefined {
  const token = tokenIn(window.location);
  if (token !== undefined) window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}
