import { useMemo } from "react";

import type { ModelSummary } from "../../api/generated";
import shared from "../../components/shared.module.css";
import { count, percentOfTotal } from "../../lib/format";
import type { Sides } from "../../lib/labels";
import classes from "./distribution.module.css";
import { Histogram } from "./histogram";
import type { Counts } from "../../scoring/scores";
import type { Run } from "../../scoring/run";

const BINS = 20;

interface DistributionProps {
  run: Run;
  counts: Counts;
  ends: Sides | undefined;
}

/** The number of texts per label and the distribution of their probabilities. */
export function Distribution({ run: { scores, model }, counts, ends }: DistributionProps) {
  const scored = counts.sure + counts.unsure;
  const right = ends ? model.labels.indexOf(ends.right) : -1;
  const bins = useMemo(() => (right < 0 ? [] : scores.histogram(right, BINS)), [scores, right]);
  const share = (part: number) => (scored === 0 ? "" : percentOfTotal(part, scored));
  const facts = factsOf(model, counts, ends);
  return (
    <section className={`${shared.card} ${classes.distribution}`} aria-label="Distribution">
      <dl className={classes.facts}>
        {facts.map(({ name, value, side }) => (
          <div key={name} data-side={side}>
            <dt>{name}</dt>
            <dd>
              {count(value)} <span>{share(value)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {ends ? <Histogram bins={bins} ends={ends} sureFrom={model.sure_from} /> : null}
    </section>
  );
}

interface Fact {
  name: string;
  value: number;
  side?: "left" | "right";
}

/** With two labels, the order of the scale: left, not sure, right. */
function factsOf(
  { labels, multi_label }: ModelSummary,
  { byLabel, without, unsure }: Counts,
  ends: Sides | undefined,
): Fact[] {
  const of = (label: string) => byLabel[labels.indexOf(label)] ?? 0;
  const middle = { name: "not sure", value: unsure };
  const none = multi_label ? [{ name: "no label", value: without }] : [];
  if (!ends) return [...labels.map((label) => ({ name: label, value: of(label) })), ...none, middle];
  return [
    { name: ends.left, value: of(ends.left), side: "left" },
    middle,
    { name: ends.right, value: of(ends.right), side: "right" },
  ];
}
