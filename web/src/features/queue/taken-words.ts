/** What became of a file. */
import type { FileItems } from "../../api/generated";
import { counted } from "../../lib/format";

export function takenWords({ format, new: fresh, repeats, edited }: FileItems): string {
  const parts = [
    counted(fresh, "new comment"),
    ...(edited > 0 ? [`${counted(edited, "edited one")}, to be decided again`] : []),
    ...(repeats > 0 ? [`${counted(repeats, "was", "were")} known already`] : []),
  ];
  return `Read as ${format}: ${parts.join("; ")}.`;
}
