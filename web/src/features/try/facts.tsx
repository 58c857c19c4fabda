import { Link } from "wouter";

import type { TextAnswer } from "../../api/queries";
import { baseName, counted, duration } from "../../lib/format";
import { paths } from "../../lib/paths";
import { milliseconds } from "../../lib/units";
import classes from "./facts.module.css";

interface FactsProps {
  answer: TextAnswer;
  base: string | undefined;
}

/** Which model answered, how much it read, and in what time. Its version is on its page and in each API answer. */
export function Facts({ answer: { scored, model, tookMs }, base }: FactsProps) {
  const windows = scored.windows > 1 ? `, in ${counted(scored.windows, "overlapping window")}` : "";
  return (
    <ul className={classes.facts}>
      <li>
        Model: <Link href={paths.modelNamed(model.name)}>{model.name}</Link>
        {base === undefined ? "" : ` (${baseName(base)})`}
      </li>
      <li>
        {counted(scored.tokens, "token")}
        {windows}
      </li>
      <li>{duration(milliseconds(tookMs))}</li>
    </ul>
  );
}
