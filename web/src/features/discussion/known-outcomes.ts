/** What is known of each text of the discussion, in this tab: coming back to the page asks nothing again. */
import type { ModelVersion } from "../../api/generated";
import type { Outcome } from "../../api/score-many";

let known = new Map<string, Outcome>();
let of = "";

/** Outcomes by text, of one version of one model: another one begins anew. */
export function knownOutcomes(model: ModelVersion | undefined): Map<string, Outcome> {
  const version = model === undefined ? "" : `${model.name} ${model.body} ${model.head}`;
  if (version !== of) {
    known = new Map();
    of = version;
  }
  return known;
}

export function forgetOutcomes(): void {
  known = new Map();
}
