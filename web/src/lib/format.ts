import type { Milliseconds, Points, Probability } from "./units";

const SPACE = "\u00a0"; // keeps number and sign on one line
const MINUS = "\u2212";

/** "97%"; one decimal at the ends, and never 100%: 0.9999 is "over 99.9%". */
export function percent(value: Probability): string {
  const hundredths = value * 100;
  if (hundredths > 99.9) return "over 99.9%";
  if (hundredths < 0.1) return "under 0.1%";
  const nearTheEnds = hundredths > 99 || hundredths < 1;
  return `${hundredths.toFixed(nearTheEnds ? 1 : 0)}%`;
}

/** "+21" or "−0.4": how far a word pulls, in percentage points. */
export function signed(value: Points): string {
  return `${value < 0 ? MINUS : "+"}${size(value)}`;
}

/** The same without a sign. */
export function size(value: Points): string {
  const magnitude = Math.abs(value);
  if (magnitude < 0.05) return "0";
  return magnitude.toFixed(magnitude < 9.95 ? 1 : 0);
}

export function duration(value: Milliseconds): string {
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Seconds as people say them: "41 s", "7 min", "3.2 h". */
export function longDuration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export const count = (value: number): string => value.toLocaleString("en");

export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** "positive" -> "Positive". */
export function sentenceCase(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** "812 bytes", "34 kB", "20.1 MB". */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(0)}${SPACE}kB` : `${(bytes / 1e6).toFixed(1)}${SPACE}MB`;
}

const BASES: Record<string, string> = { minilm: "MiniLM", mpnet: "MPNet", "roberta-base": "RoBERTa" };

/** "minilm" -> "MiniLM": an encoder as its makers write it; one of your own by its name. */
export const baseName = (base: string): string => BASES[base] ?? base;
