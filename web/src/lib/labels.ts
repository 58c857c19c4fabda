import { probability, type Probability } from "./units";

/** The two sides of a scale: left (orange, wavy) and right (blue, straight). */
export type Side = "left" | "right";

/** The name of each side. */
export interface Sides {
  left: string;
  right: string;
}

const FAVOURABLE = /^(positive|pos|yes|true|good|ham|favou?r)/i;

/** Two labels as the ends of a scale. The favourable one is on the right, whatever the model's order. */
export function endsOfPair(labels: readonly string[]): Sides | undefined {
  const [first, second] = labels;
  if (first === undefined || second === undefined || labels.length > 2) return undefined;
  return FAVOURABLE.test(first) ? { left: second, right: first } : { left: first, right: second };
}

/** The ends of a model's scale; undefined for multi-label models. */
export const endsOf = (model: { labels: readonly string[]; multi_label: boolean }): Sides | undefined =>
  model.multi_label ? undefined : endsOfPair(model.labels);

interface LabelProbability {
  label: string;
  probability: number;
}

/** The probability of one label; 0 if the answer doesn't have it. */
export function probabilityOf(probabilities: readonly LabelProbability[], label: string): Probability {
  return probability(probabilities.find((entry) => entry.label === label)?.probability ?? 0);
}
