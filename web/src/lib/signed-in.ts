/**
 * What who signed in with this browser may do. Only a hint, so that visitors' pages send no request about it: the server
 * decides.
 */
import { useSyncExternalStore } from "react";

const KEY = "valence-signed-in";
const listeners = new Set<() => void>();

/** `scopes`: of the session; none without one. */
export function noteSignedIn(scopes: readonly string[]): void {
  try {
    if (scopes.length > 0) localStorage.setItem(KEY, scopes.join(" "));
    else localStorage.removeItem(KEY);
  } catch {
    // storage is blocked: the navigation doesn't show the pages, which work without
  }
  listeners.forEach((listener) => listener());
}

function read(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the session has this scope, as far as this browser knows. */
export const useSignedInHint = (scope: string): boolean =>
  useSyncExternalStore(subscribe, read, () => "")
    .split(" ")
    .includes(scope);
