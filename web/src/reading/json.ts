/** JSON lines and JSON arrays. Every field that occurs is a column, in order of appearance. */
import { oddIn } from "./decode";
import { mapExport } from "./exports";
import { TEXT } from "./lines";
import type { GoodReading } from "./result";
import { UnreadableFileError, type BadRow } from "./problem";
import { asText, isObject } from "./values";

interface Entries {
  values: unknown[];
  places: number[];
  bad: BadRow[];
}

/** One object or string per line. */
export function readJsonLines(text: string): GoodReading {
  const entries: Entries = { values: [], places: [], bad: [] };
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const odd = oddIn(line);
    if (odd) entries.bad.push({ place: i + 1, ...odd });
    else addLine(entries, line, i + 1);
  }
  return fromEntries(entries, "jsonl", "line");
}

function addLine(entries: Entries, line: string, place: number): void {
  try {
    entries.values.push(parsed(line));
    entries.places.push(place);
  } catch (error) {
    entries.bad.push({ place, code: "json-broken", why: `it isn’t valid JSON: ${reasonOf(error)}` });
  }
}

/** A list of objects or strings; an object's only list counts. */
export function readJsonArray(text: string): GoodReading {
  const values = listIn(parsedFile(text));
  return fromEntries({ values, places: values.map((_, i) => i + 1), bad: [] }, "json", "entry");
}

function parsedFile(text: string): unknown {
  const odd = oddIn(text);
  if (odd) throw new UnreadableFileError(odd.code, "The file can’t be read as text", `Somewhere ${odd.why}.`);
  try {
    return parsed(text);
  } catch (error) {
    throw new UnreadableFileError("json-broken", "This isn’t valid JSON", `${reasonOf(error)}.`, [
      { label: "Read each line as JSON", options: { format: "jsonl" } },
    ]);
  }
}

function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  const lists = isObject(value) ? Object.values(value).filter((field) => Array.isArray(field)) : [];
  const [only] = lists;
  if (lists.length === 1 && only) return only as unknown[];
  throw new UnreadableFileError(
    "json-broken",
    "This JSON isn’t a list",
    "The file must be a list of strings, or of objects with the same fields: [{…}, {…}].",
    [{ label: "Read each line as JSON", options: { format: "jsonl" } }],
  );
}

function fromEntries(
  { values, places, bad }: Entries,
  format: "json" | "jsonl",
  unit: "line" | "entry",
): GoodReading {
  const objects: Record<string, unknown>[] = [];
  const kept: number[] = [];
  const unusable: BadRow[] = [...bad];
  values.forEach((value, i) => {
    const object = typeof value === "string" ? { [TEXT]: value } : value;
    const place = places[i] ?? 0;
    if (!isObject(object)) {
      unusable.push({
        place,
        code: "json-broken",
        why: 'it is neither a string nor an object: {"text": "…"}',
      });
      return;
    }
    objects.push(object);
    kept.push(place);
  });
  const { tool, rows: mapped } = mapExport(objects);
  return {
    table: { ...columnsOf(mapped), places: kept, unit },
    understood: { format, ...(tool === undefined ? {} : { tool }) },
    bad: unusable.sort((a, b) => a.place - b.place),
    notes: [],
  };
}

function columnsOf(objects: readonly Record<string, unknown>[]): { columns: string[]; rows: string[][] } {
  const at = new Map<string, number>();
  for (const object of objects)
    for (const name of Object.keys(object)) if (!at.has(name)) at.set(name, at.size);
  const columns = [...at.keys()];
  return { columns, rows: objects.map((object) => columns.map((name) => asText(object[name]))) };
}

/** Longer numbers would be rounded. */
const LONG_NUMBER = /\d{16}/;

/** Not in TypeScript's library yet. */
interface RawJson {
  rawJSON?: (source: string) => unknown;
}

/** The value; long numbers, such as ids, keep their digits where the browser can. */
function parsed(text: string): unknown {
  const { rawJSON } = JSON as RawJson;
  if (!rawJSON || !LONG_NUMBER.test(text)) return JSON.parse(text) as unknown;
  const reviver = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && context?.source !== undefined ? rawJSON.call(JSON, context.source) : value;
  return JSON.parse(text, reviver) as unknown;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
