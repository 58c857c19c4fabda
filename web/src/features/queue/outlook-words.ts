/** What thresholds do, in words. */
import type { Estimate, Preview } from "../../api/generated";
import { count, counted } from "../../lib/format";

/** A number of comments, without decimals from ten on. */
const some = (value: number): string =>
  value < 9.95 ? `${Number(value.toFixed(1))}` : count(Math.round(value));

const withInterval = ({ value, low, high }: Estimate): string =>
  `${some(value)} (${some(low)} to ${some(high)})`;

/** "Of a day’s 900 comments: 27 flagged (25 to 30), …", one sentence per figure. */
export function outlookWords({ outlook, pass_below: pass, flag_from: flag }: Preview): string[] {
  const { per, is_day: isDay, flags, right, missed, reads, precision, recall } = outlook;
  return [
    `${isDay ? `Of a day’s ${some(per)} comments` : `Of ${some(per)} comments`}, ${withInterval(flags)} would be flagged.`,
    ...(flag === null
      ? ["Nothing is flagged with this wish."]
      : [
          precision
            ? `Of these flags, ${withInterval(right)} would be right.`
            : "How many of these flags would be right isn’t known yet: none like them was decided.",
        ]),
    ...(pass > 0
      ? [
          recall
            ? `${withInterval(missed)} that need action would be approved.`
            : "How many that need action would be approved isn’t known yet: none was decided.",
        ]
      : []),
    `A person would read ${withInterval(reads)}.`,
  ];
}

/** What the figures rest on. */
export function basisWords({ is_estimate: isEstimate, blind, tested, recent }: Preview): string {
  const from = `From ${counted(blind, "blind decision")}, ${counted(tested, "test example")} and the scores of ${counted(recent, "comment")} of the last 30 days.`;
  return isEstimate ? `An estimate: there are too few blind decisions to be sure. ${from}` : from;
}

/** Whether a wish can be kept; undefined without one. */
export function promiseWords({ promise, wish, words }: Preview): string | undefined {
  if (!promise || !wish) return undefined;
  if (promise.kept) return `With 95% confidence: ${words ?? "the wish is kept"}.`;
  const share = (value: number) =>
    wish.kind === "load" ? `${some(value)} a day` : `${Math.round(value * 100)}%`;
  const best = promise.best === null ? "" : ` The best that can be promised is ${share(promise.best)}.`;
  const needed =
    promise.needed === null ? "" : ` About ${counted(promise.needed, "more decision")} would be needed.`;
  return `This can’t be promised yet.${best}${needed}`;
}
