import type { Scored } from "../../api/generated";
import { nameOf } from "../../explanation/effects";
import { percent, sentenceCase } from "../../lib/format";
import { probability } from "../../lib/units";

/** The answer in words, and how certain it is; with several labels, each of them has its own probability. */
export function verdictWords(scored: Scored): { title: string; certainty: string } {
  const certainty = scored.labels === null ? percent(probability(scored.probability)) : "";
  if (scored.sure) return { title: sentenceCase(nameOf(scored)), certainty };
  return { title: "Not sure", certainty: `leans ${nameOf(scored)}${certainty && `, ${certainty}`}` };
}
