/**
 * Stores named items in this browser (IndexedDB, through idb-keyval) for a week, so that a reload loses nothing. If storage
 * is blocked or full, the functions report it instead of throwing, and the page tells the user.
 */
import { createStore, del, get, set } from "idb-keyval";

const STORED_DAYS = 7;
const STORED_MS = STORED_DAYS * 24 * 3_600_000;

interface Kept {
  savedAt: number;
  value: unknown;
}

/** The retention period, as shown to the user. */
export const STORED_FOR = `${STORED_DAYS} days`;

let opened: ReturnType<typeof createStore> | undefined;
/** Opened on first use: there is no IndexedDB when prerendering. */
const store = () => (opened ??= createStore("valence", "kept"));

/** Stores `value` (plain data) under `name`. False if the browser blocks it. */
export async function storeItem(name: string, value: unknown): Promise<boolean> {
  try {
    await set(name, { savedAt: Date.now(), value } satisfies Kept, store());
    return true;
  } catch {
    return false;
  }
}

/** The item stored under `name`; undefined if there is none. Removes an expired one. */
export async function loadItem<Value>(name: string): Promise<Value | undefined> {
  try {
    const item = await get<Kept>(name, store());
    if (item === undefined) return undefined;
    if (Date.now() - item.savedAt <= STORED_MS) return item.value as Value;
    await del(name, store());
    return undefined;
  } catch {
    return undefined;
  }
}

/** Removes items. False if the browser blocks it. */
export async function removeItems(...names: string[]): Promise<boolean> {
  try {
    await Promise.all(names.map((name) => del(name, store())));
    return true;
  } catch {
    return false;
  }
}
