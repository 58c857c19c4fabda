/**
 * What the page keeps in this browser (IndexedDB), so that a reload loses nothing: a few named things, each for a week at
 * most. idb-keyval is the whole of IndexedDB that this needs. Where the browser keeps nothing (storage blocked or full)
 * that is an answer, not an error: the page then says so.
 */
import { createStore, del, get, set } from "idb-keyval";

const KEPT_DAYS = 7;
const KEPT_MS = KEPT_DAYS * 24 * 3_600_000;

interface Kept {
  savedAt: number;
  value: unknown;
}

/** What is said of it wherever something is kept. */
export const KEPT_FOR = `${KEPT_DAYS} days`;

let opened: ReturnType<typeof createStore> | undefined;
/** Not before it is needed: what is built beforehand has no IndexedDB. */
const store = () => (opened ??= createStore("valence", "kept"));

/** Keeps `value` (plain data) under `name`. False where the browser does not. */
export async function keep(name: string, value: unknown): Promise<boolean> {
  try {
    await set(name, { savedAt: Date.now(), value } satisfies Kept, store());
    return true;
  } catch {
    return false;
  }
}

/** What was kept under `name`; undefined where there is nothing, or where it is older than a week and now removed. */
export async function kept<Value>(name: string): Promise<Value | undefined> {
  try {
    const found = await get<Kept>(name, store());
    if (found === undefined) return undefined;
    if (Date.now() - found.savedAt <= KEPT_MS) return found.value as Value;
    await del(name, store());
    return undefined;
  } catch {
    return undefined;
  }
}

/** Removes what was kept under these names. False where the browser does not. */
export async function forget(...names: string[]): Promise<boolean> {
  try {
    await Promise.all(names.map((name) => del(name, store())));
    return true;
  } catch {
    return false;
  }
}
