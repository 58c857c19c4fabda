/** A discussion of the queue as files: CSV for spreadsheets, JSON Lines for programs. */
import type { Item } from "../../api/generated";
import { csvOf } from "../../lib/csv";

const line = ({ id, author, created_at, parent, text, state, score, labels, decision }: Item) => ({
  id,
  author,
  created_at,
  parent,
  text,
  state,
  score,
  labels: labels?.join("|") ?? null,
  decision: decision?.action ?? null,
});
const COLUMNS = [
  "id",
  "author",
  "created_at",
  "parent",
  "text",
  "state",
  "score",
  "labels",
  "decision",
] as const satisfies (keyof ReturnType<typeof line>)[];

export const threadCsv = (items: readonly Item[]): string =>
  csvOf([[...COLUMNS], ...items.map(line).map((row) => COLUMNS.map((name) => `${row[name] ?? ""}`))]);

/** One comment a line, as the API gives it. */
export const threadJsonLines = (items: readonly Item[]): string =>
  items.map((item) => `${JSON.stringify(item)}\n`).join("");
