import { Link } from "wouter";

import type { TextAnswer } from "../../api/queries";
import { counted, duration } from "../../lib/format";
import { paths } from "../../lib/paths";
import { milliseconds } from "../../lib/units";
import classes from "./facts.module.css";

interface FactsProps {
  answer: TextAnswer;
  base: string | undefined;
}

/** Who said so, having read how much, in what time. */
export function Facts({ answer: { scored, model, tookMs }, base }: FactsProps) {
  const windows = scored.windows > 1 ? `, in ${counted(scored.windows, "overlapping window")}` : "";
  return (
    <ul className={classes.facts}>
      <li>
        Read by <Link href={paths.modelNamed(model.name)}>{model.name}</Link>
        {base === undefined ? "" : `, made from ${base}`}
      </li>
      <li>
        body <code>{model.body}</code>, head <code>{model.head}</code>
      </li>
      <li>
        {counted(scored.tokens, "token")}
        {windows}
      </li>
      <li>{duration(milliseconds(tookMs))}</li>
    </ul>
  );
}
