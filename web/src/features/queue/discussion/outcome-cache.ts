/** The outcomes of the discussion's texts, cached in this tab: returning to the page repeats no request. */
import type { ModelVersion } from "../../../api/generated";
import type { Outcome } from "../../../api/score-texts";

let cache = new Map<string, Outcome>();
let cachedVersion = "";

/** Outcomes by text for one model version; another version clears the cache. */
export function cachedOutcomes(model: ModelVersion | undefined): Map<string, Outcome> {
  const version = model === undefined ? "" : `${model.name} ${model.body} ${model.head}`;
  if (version !== cachedVersion) {
    cache = new Map();
    cachedVersion = version;
  }
  return cache;
}

export function clearOutcomeCache(): void {
  cache = new Map();
}
