/** What was pasted, kept in this browser, so that neither a look at another page nor a reload loses it. */
import { forget, keep, kept } from "../../lib/kept";
import { forgetOutcomes } from "./known-outcomes";
import type { Cut } from "./thread";

export interface Draft {
  text: string;
  /** Undefined: as it is most likely written. */
  cut: Cut | undefined;
}

/** Whether the draft outlives this tab, or why not; undefined where there is nothing to keep, or not yet. */
export type DraftKeeping = "yes" | "blocked" | "too-large" | undefined;

const NAME = "discussion";
const EMPTY: Draft = { text: "", cut: undefined };
/** Far more than the comments that are scored; a browser shares its room among all sites. */
const MOST_CHARS = 2_000_000;
const SAVE_PAUSE_MS = 300;

let draft: Draft = EMPTY;
let keeping: DraftKeeping;
let saving: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

export const draftStore = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): Draft => draft,
  keeping: (): DraftKeeping => keeping,
  change: (changed: Partial<Draft>): void => {
    draft = { ...draft, ...changed };
    tell();
    clearTimeout(saving);
    saving = setTimeout(() => void save(), SAVE_PAUSE_MS);
  },
  /** Removes it, in the browser's store too. */
  clear: (): void => {
    clearTimeout(saving);
    draft = EMPTY;
    keeping = undefined;
    forgetOutcomes();
    tell();
    void forget(NAME);
  },
  /** Takes up what an earlier page left, unless something has been typed meanwhile. */
  restore: async (): Promise<void> => {
    const left = draft.text === "" ? await kept<Draft>(NAME) : undefined;
    if (!left || draft !== EMPTY) return;
    draft = left;
    keeping = "yes";
    tell();
  },
};

async function save(): Promise<void> {
  const saved = draft;
  const fits = saved.text.length <= MOST_CHARS;
  if (saved.text === "" || !fits) await forget(NAME);
  const isKept = fits && saved.text !== "" && (await keep(NAME, saved));
  if (draft !== saved) return; // changed meanwhile, and to be saved again
  keeping = saved.text === "" ? undefined : isKept ? "yes" : fits ? "blocked" : "too-large";
  tell();
}
