/** Which examples the table shows. */
import type { Wanted } from "../../api/classifiers";

export interface Filter {
  search: string;
  /** "" for all, NOT_LABELLED, or LABEL and a label. */
  label: string;
  part: "" | "train" | "test";
  source: "" | "file" | "hand" | "feedback" | "decision";
}

export const NO_FILTER: Filter = { search: "", label: "", part: "", source: "" };
export const NOT_LABELLED = "unlabelled";
/** Before a label's name, so that one called "unlabelled" is a label. */
export const LABEL = "label:";

export const wantedOf = ({ search, label, part, source }: Filter): Wanted => ({
  ...(search.trim() === "" ? {} : { search: search.trim() }),
  ...(label === NOT_LABELLED ? { labelled: false } : {}),
  ...(label.startsWith(LABEL) ? { label: label.slice(LABEL.length) } : {}),
  ...(part === "" ? {} : { part }),
  ...(source === "" ? {} : { source }),
});
