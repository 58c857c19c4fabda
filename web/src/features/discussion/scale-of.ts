import type { Scored } from "../../api/generated";
import { endsOf, probabilityOf, type Side, type Sides } from "../../lib/labels";
import type { Probability } from "../../lib/units";

/** What the timeline runs between: two labels, or one of many and all others. */
export interface Track {
  ends: Sides;
  /** Whose probability is drawn; the right end. */
  label: string;
  isPair: boolean;
}

interface Labelled {
  labels: readonly string[];
  multi_label: boolean;
}

/** What is drawn before a model is known. */
export const EXPECTED: Labelled = { labels: ["negative", "positive"], multi_label: false };

/** `followed` is what was chosen where there are more than two labels. */
export function trackOf(model: Labelled, followed: string | undefined): Track {
  const { labels } = model;
  const ends = endsOf(model);
  if (ends) return { ends, label: ends.right, isPair: true };
  const label = followed !== undefined && labels.includes(followed) ? followed : (labels[0] ?? "");
  return { ends: { left: `not ${label}`, right: label }, label, isPair: false };
}

export const placeOf = (scored: Scored, { label }: Track): Probability =>
  probabilityOf(scored.probabilities, label);

/** On which side a comment stands; undefined where the model is not sure. */
export function sideOf(scored: Scored, track: Track): Side | undefined {
  if (!scored.sure) return undefined;
  const given = scored.labels ?? [scored.label];
  return given.includes(track.label) ? "right" : "left";
}
