import type { Version } from "../../api/generated";
import { ChartTable } from "../../components/chart-table";
import { count, fixedPercent } from "../../lib/format";
import { IdentityTable } from "./identity-table";
import classes from "./live-result.module.css";

/** What else was measured: each label's figures, and remarks. */
export function LabelTable({
  version: { per_label: figures, notes, macro_f1: f1, reads, identity },
}: {
  version: Version;
}) {
  return (
    <div className={classes.details}>
      {notes.length > 0 ? (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {identity ? <IdentityTable identity={identity} /> : null}
      {figures.length > 0 ? (
        <ChartTable
          title="Show each label"
          caption="Figures per label"
          columns={["Label", "Precision", "Recall", "F1", "Tested"]}
          rows={figures.map(({ label, precision, recall, f1: own, support }) => [
            label,
            fixedPercent(precision, 0),
            fixedPercent(recall, 0),
            fixedPercent(own, 0),
            count(support),
          ])}
        />
      ) : null}
      <p className={classes.small}>
        {f1 ? `Macro F1: ${fixedPercent(f1.value, 0)}. ` : ""}Reads: {reads}.
      </p>
    </div>
  );
}
