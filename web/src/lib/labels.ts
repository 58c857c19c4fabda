import { probability, type Probability } from "./units";

/** The two ends of the page: left (orange, wavy) and right (blue, straight). */
export type Side = "left" | "right";

/** What each side means for one answer, in words. */
export interface Sides {
  left: string;
  right: string;
}

const RIGHT_BY_NATURE = /^(positive|pos|yes|true|good|ham|favou?r)/i;

/** Two labels as ends of a scale. The good one goes to the right whichever way the model lists them. */
export function poles(labels: readonly string[]): Sides | undefined {
  const [first, second] = labels;
  if (first === undefined || second === undefined || labels.length > 2) return undefined;
  return RIGHT_BY_NATURE.test(first) ? { left: second, right: first } : { left: first, right: second };
}

/** The ends of a model's scale; none where a text may have several labels, which are no ends of anything. */
export const endsOf = (model: { labels: readonly string[]; multi_label: boolean }): Sides | undefined =>
  model.multi_label ? undefined : poles(model.labels);

interface LabelProbability {
  label: string;
  probability: number;
}

/** The probability of one label among those of an answer; 0 where the answer does not know it. */
export function probabilityOf(probabilities: readonly LabelProbability[], label: string): Probability {
  return probability(probabilities.find((each) => each.label === label)?.probability ?? 0);
}
