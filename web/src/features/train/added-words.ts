import type { ExamplesAdded } from "../../api/generated";
import { counted } from "../../lib/format";

/** What adding examples changed, in words. */
export function addedWords({
  added,
  relabelled,
  unchanged,
  left_out: leftOut,
  contradicting,
}: ExamplesAdded): string {
  const parts = [
    `${counted(added, "example")} added`,
    relabelled > 0 ? `${counted(relabelled, "label")} changed` : "",
    unchanged > 0 ? `${counted(unchanged, "text was", "texts were")} there already` : "",
    contradicting > 0
      ? `${counted(contradicting, "text")} given different labels, of which the last one counts`
      : "",
    leftOut > 0 ? `${counted(leftOut, "row")} left out` : "",
  ];
  return `${parts.filter((part) => part !== "").join(", ")}.`;
}
