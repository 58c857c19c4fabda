/** A classifier that isn't created yet, as it was typed. */
import { useBrowserDraft } from "../../signed-in/use-browser-draft";
import { alikeIn } from "./label-look";
import { slugOf } from "./slug";

export const MOST_LABELS_AT_FIRST = 5;

export interface NewDraft {
  typed: string;
  labels: string[];
  /** Whether a text can have several labels. */
  several: boolean;
  /** Whether the texts are forum posts. */
  posts: boolean;
}

const EMPTY: NewDraft = { typed: "", labels: ["", ""], several: false, posts: false };

export function useNewDraft(): [NewDraft, (changed: Partial<NewDraft>) => void, () => void] {
  const [draft, set, forget] = useBrowserDraft("train-new", EMPTY);
  return [draft, (changed) => set({ ...draft, ...changed }), forget];
}

/** What is wrong with a draft; undefined if it can be created. */
export function faultOf({ typed, labels }: NewDraft, taken: readonly string[]): string | undefined {
  const name = slugOf(typed);
  if (typed.trim() === "") return "Give it a name.";
  if (name === "") return "The name needs a letter from a to z, or a digit.";
  if (taken.includes(name)) return `There is a classifier called ${name} already. Choose another name.`;
  const named = labels.map((label) => label.trim()).filter((label) => label !== "");
  if (named.length === 1) return "Name a second label, or none if your file has them.";
  const twice = named.find((label, i) => alikeIn(named.slice(0, i), label));
  if (twice !== undefined) return `Two labels look like “${twice}”.`;
  return undefined;
}
