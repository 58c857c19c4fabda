import type { Scored } from "../../../api/generated";
import { endsOf, probabilityOf, type Side, type Sides } from "../../../lib/labels";
import type { Probability } from "../../../lib/units";

/** The vertical axis of the timeline: between two labels, or between one label and all others. */
export interface Track {
  ends: Sides;
  /** The label whose probability is drawn; the right end. */
  label: string;
  isPair: boolean;
}

interface Labelled {
  labels: readonly string[];
  multi_label: boolean;
}

/** Used until the model is known. */
export const DEFAULT_LABELS: Labelled = { labels: ["negative", "positive"], multi_label: false };

/** `followed` is the label chosen if there are more than two. */
export function trackOf(model: Labelled, followed: string | undefined): Track {
  const { labels } = model;
  const ends = endsOf(model);
  if (ends) return { ends, label: ends.right, isPair: true };
  const label = followed !== undefined && labels.includes(followed) ? followed : (labels[0] ?? "");
  return { ends: { left: `not ${label}`, right: label }, label, isPair: false };
}

export const placeOf = (scored: Scored, { label }: Track): Probability =>
  probabilityOf(scored.probabilities, label);

/** A comment's side; undefined if the model is not sure. */
export function sideOf(scored: Scored, track: Track): Side | undefined {
  if (!scored.sure) return undefined;
  const given = scored.labels ?? [scored.label];
  return given.includes(track.label) ? "right" : "left";
}
