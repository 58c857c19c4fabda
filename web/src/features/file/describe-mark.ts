import type { Mark } from "../../scoring/scores";

/** "correct", "wrong", or "wrong, should be positive". */
export function describeMark({ correct, label }: Mark): string {
  if (correct) return "correct";
  return label === undefined ? "wrong" : `wrong, should be ${label}`;
}
