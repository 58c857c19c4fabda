/**
 * Whether somebody signed in with this browser. Only a hint, so that visitors' pages send no request about it: the server
 * decides.
 */
import { useSyncExternalStore } from "react";

const KEY = "valence-signed-in";
const listeners = new Set<() => void>();

export function noteSignedIn(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(KEY, "yes");
    else localStorage.removeItem(KEY);
  } catch {
    // storage is blocked: the navigation doesn't show the page, which works without
  }
  listeners.forEach((listener) => listener());
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSignedInHint = (): boolean => useSyncExternalStore(subscribe, read, () => false);
