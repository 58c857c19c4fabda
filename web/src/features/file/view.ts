/** Which rows the table shows, in which order, and how the address encodes that. */
import type { Change, Values } from "../../lib/fragment-state";
import type { Scores } from "../../scoring/scores";

export type Filter =
  { kind: "all" } | { kind: "label"; label: number } | { kind: "unsure" } | { kind: "failed" };

/** Ties stay in the file's order. `label`: most probable rows first; `doubt`: least certain rows first. */
export type Sort = { by: "file" } | { by: "label"; label: number } | { by: "doubt" };

export interface View {
  filter: Filter;
  sort: Sort;
  /** Searched for in the texts, ignoring case. */
  query: string;
}

const LABEL = "label:";

/** A filter's key in the address and in the menu. Labels are keyed by name, not by index. */
export const filterKey = (filter: Filter, labels: readonly string[]): string =>
  filter.kind === "label" ? LABEL + (labels[filter.label] ?? "") : filter.kind;

export function filterOf(key: string | undefined, labels: readonly string[]): Filter {
  const label = labelIn(key, labels);
  if (label !== undefined) return { kind: "label", label };
  return key === "unsure" || key === "failed" ? { kind: key } : { kind: "all" };
}

export const sortKey = (sort: Sort, labels: readonly string[]): string =>
  sort.by === "label" ? LABEL + (labels[sort.label] ?? "") : sort.by;

export function sortOf(key: string | undefined, labels: readonly string[]): Sort {
  const label = labelIn(key, labels);
  if (label !== undefined) return { by: "label", label };
  return key === "doubt" ? { by: "doubt" } : { by: "file" };
}

function labelIn(key: string | undefined, labels: readonly string[]): number | undefined {
  const at = key?.startsWith(LABEL) ? labels.indexOf(key.slice(LABEL.length)) : -1;
  return at < 0 ? undefined : at;
}

/** The view in an address; unknown values fall back to the defaults. */
export const viewOf = (values: Values, labels: readonly string[]): View => ({
  filter: filterOf(values["show"], labels),
  sort: sortOf(values["order"], labels),
  query: values["find"] ?? "",
});

/** The address values for a view, without the defaults. */
export const valuesOf = ({ filter, sort, query }: View, labels: readonly string[]): Change => ({
  show: filter.kind === "all" ? undefined : filterKey(filter, labels),
  order: sort.by === "file" ? undefined : sortKey(sort, labels),
  find: query === "" ? undefined : query,
});

export const DEFAULT_VIEW: View = { filter: { kind: "all" }, sort: { by: "file" }, query: "" };

/** Row indices in the order to be shown. O(rows log rows). */
export function rowsShown(scores: Scores, texts: readonly string[], { filter, sort, query }: View): number[] {
  const needle = query.trim().toLocaleLowerCase();
  const shown: number[] = [];
  for (let row = 0; row < scores.rows; row += 1) {
    if (passes(scores, row, filter) && (needle === "" || contains(texts[row], needle))) shown.push(row);
  }
  if (sort.by === "file") return shown;
  const keys = Float32Array.from(shown, (row) => keyOf(scores, row, sort));
  const order = Uint32Array.from(keys, (_, i) => i);
  order.sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);
  return Array.from(order, (at) => shown[at] ?? 0);
}

const contains = (text: string | undefined, needle: string): boolean =>
  text?.toLocaleLowerCase().includes(needle) ?? false;

function passes(scores: Scores, row: number, filter: Filter): boolean {
  if (filter.kind === "all") return true;
  const state = scores.stateOf(row);
  if (filter.kind === "label") return state === "sure" && scores.givenTo(row).includes(filter.label);
  return state === filter.kind;
}

/** Larger keys come first; rows without a score come last. */
function keyOf(scores: Scores, row: number, sort: Exclude<Sort, { by: "file" }>): number {
  if (!scores.isScored(row)) return -2;
  if (sort.by === "label") return scores.probabilityOf(row, sort.label);
  return -scores.probabilityOf(row, scores.topOf(row));
}
