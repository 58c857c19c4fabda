import { Link } from "wouter";

import type { TextAnswer } from "../../api/queries";
import { baseName, counted, duration } from "../../lib/format";
import { paths } from "../../lib/paths";
import { milliseconds } from "../../lib/units";
import classes from "./answer-facts.module.css";

interface AnswerFactsProps {
  answer: TextAnswer;
  base: string | undefined;
}

/** The model, the number of tokens and the time. The version is on the model's page and in every API response. */
export function AnswerFacts({ answer: { scored, model, tookMs }, base }: AnswerFactsProps) {
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
