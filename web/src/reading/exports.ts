/** Exports of labelling tools, as rows of a table. */
import { isObject } from "./values";

type Entry = Record<string, unknown>;

export interface Export {
  tool: string | undefined;
  rows: Entry[];
}

const ANSWERS = new Set<unknown>(["accept", "reject", "ignore"]);

/** The entries as they are, unless a tool's export is recognised. */
export function mapExport(entries: readonly Entry[]): Export {
  const [first] = entries;
  if (first === undefined) return { tool: undefined, rows: [] };
  if (isObject(first["data"]) && Array.isArray(first["annotations"])) {
    return { tool: "Label Studio", rows: entries.map(fromLabelStudio) };
  }
  if ("annotation_id" in first && "lead_time" in first) return { tool: "Label Studio", rows: [...entries] };
  if (entries.every(({ answer }) => ANSWERS.has(answer)))
    return { tool: "Prodigy", rows: entries.map(fromProdigy) };
  if (
    Array.isArray(first["label"]) &&
    ("Comments" in first || "annotation_approver" in first || "meta" in first)
  ) {
    return { tool: "doccano", rows: [...entries] };
  }
  return { tool: undefined, rows: [...entries] };
}

/** A task's data, and the choices of its last annotation that wasn't cancelled. */
function fromLabelStudio({ id, data, annotations }: Entry): Entry {
  const row: Entry = { id, ...(isObject(data) ? data : {}) };
  const given = Array.isArray(annotations) ? annotations.filter(isObject) : [];
  const last = given.filter((annotation) => annotation["was_cancelled"] !== true).at(-1);
  for (const result of Array.isArray(last?.["result"]) ? last["result"].filter(isObject) : []) {
    const choices = isObject(result["value"]) ? result["value"]["choices"] : undefined;
    if (Array.isArray(choices))
      row[String(result["from_name"])] = choices.length === 1 ? choices[0] : choices;
  }
  return row;
}

/** What was chosen among several options is the label. */
function fromProdigy(entry: Entry): Entry {
  const { accept } = entry;
  return Array.isArray(accept) && !("label" in entry) ? { ...entry, label: accept } : entry;
}
