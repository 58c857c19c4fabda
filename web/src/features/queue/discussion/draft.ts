/** The pasted text, stored in this browser, so that it survives navigation and reloads. */
import { removeItems, storeItem, loadItem } from "../../../lib/browser-store";
import { clearOutcomeCache } from "./outcome-cache";
import type { Cut } from "./comment";

export interface Draft {
  text: string;
  /** Undefined: detected from the text. */
  cut: Cut | undefined;
  /** Whether quotes, code and signatures are scored too; not by default. */
  isWhole?: boolean | undefined;
}

/** Whether the draft is stored, or why not; undefined if there is nothing to store, or not yet known. */
export type DraftStorage = "yes" | "blocked" | "too-large" | undefined;

const NAME = "discussion";
const EMPTY: Draft = { text: "", cut: undefined };
/** Far more than can be scored; browsers share their storage among all sites. */
export const MAX_CHARS = 2_000_000;
const SAVE_PAUSE_MS = 300;

let draft: Draft = EMPTY;
let keeping: DraftStorage;
let saving: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const notify = () => listeners.forEach((listener) => listener());

export const draftStore = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): Draft => draft,
  keeping: (): DraftStorage => keeping,
  change: (changed: Partial<Draft>): void => {
    draft = { ...draft, ...changed };
    notify();
    clearTimeout(saving);
    saving = setTimeout(() => void save(), changed.text === undefined ? 0 : SAVE_PAUSE_MS);
  },
  /** Removes the draft, in the browser's storage too. */
  clear: (): void => {
    clearTimeout(saving);
    draft = EMPTY;
    keeping = undefined;
    clearOutcomeCache();
    notify();
    void removeItems(NAME);
  },
  /** Restores the stored draft, unless something has been typed in the meantime. */
  restore: async (): Promise<void> => {
    const left = draft.text === "" ? await loadItem<Draft>(NAME) : undefined;
    if (!left || draft !== EMPTY) return;
    draft = left;
    keeping = "yes";
    notify();
  },
};

async function save(): Promise<void> {
  const saved = draft;
  const fits = saved.text.length <= MAX_CHARS;
  if (saved.text === "" || !fits) await removeItems(NAME);
  const isKept = fits && saved.text !== "" && (await storeItem(NAME, saved));
  if (draft !== saved) return; // changed in the meantime; another save follows
  keeping = saved.text === "" ? undefined : isKept ? "yes" : fits ? "blocked" : "too-large";
  notify();
}
