import type { Mark } from "./scores";

/** "right", "wrong", or "wrong, positive is right". */
export function markInWords({ correct, label }: Mark): string {
  if (correct) return "right";
  return label === undefined ? "wrong" : `wrong, ${label} is right`;
}
