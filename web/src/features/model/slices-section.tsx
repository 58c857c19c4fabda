import type { Result, Slice } from "../../api/generated";
import { CollapsibleSection } from "./collapsible-section";
import { IntervalChart } from "./interval-chart";
import classes from "./result-details.module.css";
import { interval, metricName } from "./logic";
import pageClasses from "./model-page.module.css";
import { ChartTable } from "../../components/chart-table";
import { count, timesHundred } from "../../lib/format";

/** Accuracy on subsets of the texts. */
export function SlicesSection({ result }: { result: Result }) {
  const slices = result.slices ?? [];
  if (slices.length === 0) return null;
  const metric = result.multi_label ? "subset_accuracy" : "accuracy";
  return (
    <CollapsibleSection id="slices" title="Accuracy by kind of text" about="by length, negation and more">
      <p className={pageClasses.lead}>
        {metricName(metric)} on subsets of the same texts, in percent. Small subsets have long intervals. If
        lines overlap, the difference may be chance.
      </p>
      <figure className={classes.figure}>
        <IntervalChart
          metric={metric}
          rows={slices.map((slice) => ({
            name: nameOf(slice),
            own: false,
            metrics: { [metric]: slice.accuracy },
          }))}
        />
        <ChartTable
          caption={`${metricName(metric)} on subsets of the texts`}
          columns={["Subset", "Texts", metricName(metric), "95% interval"]}
          rows={slices.map((slice) => [
            nameOf(slice),
            count(slice.rows),
            timesHundred(slice.accuracy.value),
            interval(slice.accuracy),
          ])}
        />
      </figure>
    </CollapsibleSection>
  );
}

/** "2 to 13 words", "with negation": the evaluation's name in readable form. */
function nameOf({ by, name }: Slice): string {
  return ["words", "negation", "identity terms"].includes(by) ? `${name} ${by}` : `${by}: ${name}`;
}
