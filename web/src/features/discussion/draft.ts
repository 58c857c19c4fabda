/** What was pasted, kept in this tab's memory while one looks at another page, and nowhere else. */
import type { Cut } from "./thread";

export interface Draft {
  text: string;
  /** Undefined: as it is most likely written. */
  cut: Cut | undefined;
}

let draft: Draft = { text: "", cut: undefined };
const listeners = new Set<() => void>();

export const draftStore = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: (): Draft => draft,
  change: (changed: Partial<Draft>): void => {
    draft = { ...draft, ...changed };
    listeners.forEach((listener) => listener());
  },
};
