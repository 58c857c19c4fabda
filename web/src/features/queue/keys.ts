/** What the keys do. */

/** The reasons of a decision, by key. The server stores their numbers. */
export const REASONS = ["Insult or harassment", "Hate", "Spam", "Off-topic", "Other"] as const;

export type Action =
  | { kind: "next" }
  | { kind: "previous" }
  | { kind: "decide"; action: "approve" | "remove" | "unsure"; copies: boolean }
  | { kind: "label"; label: string; copies: boolean }
  | { kind: "save"; copies: boolean }
  | { kind: "reason"; reason: number }
  | { kind: "undo" }
  | { kind: "help" };

const DECISIONS = { a: "approve", r: "remove", u: "unsure" } as const;
const TAKEN = new Set(["j", "k", "z", ...Object.keys(DECISIONS)]);
const SPARE = Array.from("6789qwertyuiopsdfghlxcvbnm");

/** A key for each label: the first free letter of its name, else any free key. A label after the last free key has none. */
export function keysOfLabels(labels: readonly string[]): Map<string, string> {
  const used = new Set(TAKEN);
  const keys = new Map<string, string>();
  for (const label of labels) {
    const own = Array.from(label.toLowerCase()).filter((letter) => /^[a-z]$/.test(letter));
    const key = [...own, ...SPARE].find((candidate) => !used.has(candidate));
    if (key === undefined) continue;
    used.add(key);
    keys.set(label, key);
  }
  return keys;
}

interface Press {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** What a key does; undefined for other keys. With Shift, a decision is also about the copies. */
export function actionOf(press: Press, labelKeys: ReadonlyMap<string, string>): Action | undefined {
  if (press.altKey || press.ctrlKey || press.metaKey) return undefined;
  const key = press.key.toLowerCase();
  const copies = press.shiftKey;
  if (key === "?") return { kind: "help" };
  if (key === "j" || key === "arrowdown") return { kind: "next" };
  if (key === "k" || key === "arrowup") return { kind: "previous" };
  if (key === "z") return { kind: "undo" };
  if (key === "enter") return { kind: "save", copies };
  if (/^[1-5]$/.test(key)) return { kind: "reason", reason: Number(key) };
  const label = [...labelKeys].find(([, own]) => own === key)?.[0];
  if (label !== undefined) return { kind: "label", label, copies };
  return key in DECISIONS
    ? { kind: "decide", action: DECISIONS[key as keyof typeof DECISIONS], copies }
    : undefined;
}
