import { counted } from "../../lib/format";
import classes from "./compare.module.css";
import { totalLeftOut, type LeftOut } from "./comparison";

/** How many rows take no part, and why. */
export function LeftOutNote({ leftOut }: { leftOut: LeftOut }) {
  const total = totalLeftOut(leftOut);
  if (total === 0) return null;
  const reasons = [
    [leftOut.unreadable, "can’t be read"],
    [leftOut.withoutText, "without a comment"],
    [leftOut.withoutOldScore, "without an old score"],
    [leftOut.invalidOldScore, "whose old score isn’t a number from 0 to 1"],
    [leftOut.notScored, "not scored"],
  ] as const;
  const named = reasons
    .filter(([rows]) => rows > 0)
    .map(([rows, why]) => `${rows.toLocaleString("en")} ${why}`);
  return (
    <p className={classes.partly}>
      {counted(total, "row is", "rows are")} left out: {named.join(", ")}.
    </p>
  );
}
