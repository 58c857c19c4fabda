import { probability, type Milliseconds, type Points, type Probability } from "./units";

const SPACE = "\u00a0"; // keeps the number and its unit on one line
const MINUS = "\u2212";

/** "86.8%": a share from 0 to 1 with a fixed number of decimals, and no space before the sign. */
export const fixedPercent = (share: number, decimals = 1): string => `${timesHundred(share, decimals)}%`;

/** The same without the sign, for columns and axes that name the unit. */
export const timesHundred = (share: number, decimals = 1): string => (share * 100).toFixed(decimals);

/** "40 to 60%". */
export const percentRange = (from: number, to: number): string =>
  `${timesHundred(from, 0)} to ${fixedPercent(to, 0)}`;

/** A probability as "97%", with one decimal near the ends. Never 100%: 0.9999 is "over 99.9%". */
export function percent(value: Probability): string {
  const hundredths = value * 100;
  if (hundredths > 99.9) return "over 99.9%";
  if (hundredths < 0.1) return "under 0.1%";
  const nearTheEnds = hundredths > 99 || hundredths < 1;
  return fixedPercent(value, nearTheEnds ? 1 : 0);
}

/** A count as a share of a total: "38%". 0% and 100% mean exactly none and all. */
export const percentOfTotal = (part: number, total: number): string =>
  part === 0 || part === total ? fixedPercent(part / total, 0) : percent(probability(part / total));

/** "+21" or "−0.4", in percentage points. */
export function signed(value: Points): string {
  return `${value < 0 ? MINUS : "+"}${size(value)}`;
}

/** The same without a sign. */
export function size(value: Points): string {
  const magnitude = Math.abs(value);
  if (magnitude < 0.05) return "0";
  return magnitude.toFixed(magnitude < 9.95 ? 1 : 0);
}

/** How many times a difference in log-odds multiplies the odds, whatever its sign. */
export function oddsFactor(logOdds: number): string {
  const factor = Math.exp(Math.abs(logOdds));
  if (factor >= 999.5) return "×1000+";
  return `×${factor.toFixed(factor < 9.95 ? 1 : 0)}`;
}

export function duration(value: Milliseconds): string {
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** "41 s", "7 min" or "3.2 h". */
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

/** An encoder's usual spelling: "minilm" -> "MiniLM". Unknown names stay as they are. */
export const baseName = (base: string): string => BASES[base] ?? base;
