/** What the queue says of a comment and of decisions. */
import type { Item, Rules } from "../../api/generated";
import { count, counted, fixedPercent } from "../../lib/format";
import { REASONS } from "./keys";
import type { Choice } from "./work-list";

/** Why a comment could not be scored. */
const UNREADABLE: Readonly<Record<string, string>> = {
  "text-too-long": "it is too long",
  "text-empty": "it is empty",
  "text-only-quotes": "it is nothing but quotes or code",
  "text-other-language": "it is in another language",
  "text-other-script": "it is in another script",
  "text-only-symbols": "it is mostly symbols that the model does not know",
};

const share = (score: number): string => fixedPercent(score, 0);

function from(threshold: number | null): string {
  return threshold === null ? "" : ` Comments are flagged from ${share(threshold)} on.`;
}

/** Nothing where nothing is flagged. */
function between({ pass_below, flag_from }: Pick<Rules, "pass_below" | "flag_from">): string {
  if (flag_from === null) return "";
  return ` Above ${share(flag_from)} it would be flagged, below ${share(pass_below)} it would pass.`;
}

/** Why a person should look at a comment, as a sentence. */
export function whyWords(item: Item, rules: Pick<Rules, "pass_below" | "flag_from">): string {
  const { why, score, threshold, error } = item;
  switch (why) {
    case "blind":
      return item.score === null
        ? "Blind: decide without the classifier. These decisions show how good it is."
        : "Chosen by chance and decided blind.";
    case "flagged":
      return `Flagged: ${share(score ?? 1)} likely to need action.${from(threshold ?? rules.flag_from)}`;
    case "unsure":
      return score === null
        ? "The classifier’s labels don’t say whether it needs action. Choose the label to approve in the settings."
        : `Between the thresholds: ${share(score)} likely to need action.${between(rules)}`;
    case "unreadable":
      return `It couldn’t be scored: ${UNREADABLE[error ?? ""] ?? "it isn’t readable"}.`;
    case "unscored":
      return "It came in while no version was published, so it has no score.";
    case null:
      return score === null
        ? "It isn’t scored yet."
        : `It passed: ${share(score)} likely to need action, below ${share(rules.pass_below)}.`;
  }
}

/** "97%" in the list, or why there is none. */
export function scoreWords({ score, why, state }: Item): string {
  if (score !== null) return share(score);
  if (why === "blind") return "blind";
  return state === "scoring" ? "…" : "none";
}

const ACTIONS = { approve: "Approved", remove: "Removed", unsure: "Set aside as unsure", undo: "Undone" };

/** "Removed: spam", for a decision that was made. */
export function decisionWords({
  action,
  labels,
  reason,
}: {
  action: "approve" | "remove" | "label" | "unsure" | "undo";
  labels?: string[] | null | undefined;
  reason?: number | null | undefined;
}): string {
  const what = action === "label" ? `Labelled ${(labels ?? []).join(", ") || "none"}` : ACTIONS[action];
  const why = reason ? REASONS[reason - 1] : undefined;
  return why === undefined ? what : `${what}: ${why.toLowerCase()}`;
}

export const choiceWords = (choice: Choice, reason: number | undefined): string =>
  decisionWords({ ...choice, reason });

/** "5 min", "3 h", "12 days": how long ago something was. */
export function ageWords(then: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(then)) / 60_000));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return counted(Math.floor(hours / 24), "day");
}

/** "2 of the last 14 comments by bob were removed." */
export function recordWords(
  author: string,
  { decided, removed }: { decided: number; removed: number },
): string {
  if (decided === 0) return `No comment by ${author} was decided before.`;
  if (decided === 1) {
    return `The last comment by ${author} that was decided was ${removed ? "not approved" : "approved"}.`;
  }
  return `${count(removed)} of the last ${count(decided)} decided comments by ${author} weren’t approved.`;
}
