import { useState } from "react";

import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { count, sentenceCase } from "../../lib/format";
import { excerpt } from "../../lib/text";
import type { Run } from "../../scoring/run";
import classes from "./compare.module.css";
import type { Compared, Comparison } from "./comparison";
import { shownScore } from "./shown";

const FIRST = 5;
const MORE = 20;

interface ChangesProps {
  comparison: Comparison;
  run: Run;
}

/** The comments on which the two disagree, those that changed most first. */
export function Changes({ comparison: { agreement, anew, noLonger }, run }: ChangesProps) {
  if (!agreement?.atSameShare) return null;
  const { newThreshold: threshold } = agreement.atSameShare;
  return (
    <div className={classes.changes}>
      <ChangeList
        id="anew"
        title="Flagged anew"
        none="No comment would be flagged anew."
        rows={anew}
        run={run}
        threshold={threshold}
      />
      <ChangeList
        id="no-longer"
        title="No longer flagged"
        none="Every comment that was flagged still is."
        rows={noLonger}
        run={run}
        threshold={threshold}
      />
    </div>
  );
}

interface ChangeListProps {
  id: string;
  title: string;
  none: string;
  rows: readonly Compared[];
  run: Run;
  /** From which the new scores flag. */
  threshold: number;
}

function ChangeList({ id, title, none, rows, run, threshold }: ChangeListProps) {
  const [shown, setShown] = useState(FIRST);
  const more = Math.min(MORE, rows.length - shown);
  return (
    <section className={`${shared.card} ${classes.list}`} aria-labelledby={id}>
      <h2 id={id} className={shared.title}>
        {title}: {count(rows.length)}
      </h2>
      {rows.length === 0 ? <p>{none}</p> : null}
      <ol>
        {rows.slice(0, shown).map((each) => (
          <li key={each.row}>
            <blockquote dir="auto">{excerpt(run.texts[each.row] ?? "")}</blockquote>
            <p>
              {sentenceCase(run.unit)} {count(run.places[each.row] ?? 0)}: old {each.old.toFixed(2)}, new{" "}
              {shownScore(each.new, threshold)}
            </p>
          </li>
        ))}
      </ol>
      {more > 0 ? (
        <QuietButton onClick={() => setShown(shown + MORE)}>Show {count(more)} more</QuietButton>
      ) : null}
    </section>
  );
}
