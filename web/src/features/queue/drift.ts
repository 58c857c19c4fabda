/** The alarm: do classifier and moderators drift apart? */
import type { Week } from "../../api/generated";
import { fixedPercent } from "../../lib/format";

/**
 * Compares the last week that has blind decisions with all earlier ones. It is an alarm only if the whole interval is below
 * what it was, so that a few decisions raise none.
 */
export function driftWords(weeks: readonly Week[]): string {
  const judged = weeks.map(({ blind }) => blind).filter(({ decisions }) => decisions > 0);
  const last = judged.at(-1);
  const earlier = judged.slice(0, -1);
  if (!last?.share) {
    return "There are no blind decisions yet. They show whether the classifier still fits the community.";
  }
  const decisions = earlier.reduce((sum, each) => sum + each.decisions, 0);
  const now = fixedPercent(last.share.value, 0);
  if (decisions === 0) return `Classifier and moderators agree on ${now} of the blind comments.`;
  const before = earlier.reduce((sum, { agree }) => sum + agree, 0) / decisions;
  const words = `Classifier and moderators agree on ${now} of the blind comments; it was ${fixedPercent(before, 0)} before.`;
  return last.share.high < before
    ? `${words} They drift apart: refit the classifier with the new decisions, and look at what it gets wrong.`
    : words;
}
