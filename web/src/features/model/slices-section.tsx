import type { Result, Slice } from "../../api/generated";
import { Fold } from "./fold";
import { IntervalChart } from "./interval-chart";
import classes from "./evidence.module.css";
import { inHundredths, interval, metricName } from "./logic";
import pageClasses from "./model-page.module.css";
import { ChartTable } from "../../components/chart-table";
import { count } from "../../lib/format";

/** On which texts it is better and worse. */
export function SlicesSection({ result }: { result: Result }) {
  const slices = result.slices ?? [];
  if (slices.length === 0) return null;
  const metric = result.multi_label ? "subset_accuracy" : "accuracy";
  return (
    <Fold id="slices" title="Better and worse texts" about="accuracy by length, negation and more">
      <p className={pageClasses.lead}>
        {metricName(metric)}, times 100, on parts of the same texts. Small parts have long intervals: where
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
          caption={`${metricName(metric)} on parts of the texts`}
          columns={["Texts", "How many", metricName(metric), "95% interval"]}
          rows={slices.map((slice) => [
            nameOf(slice),
            count(slice.rows),
            inHundredths(slice.accuracy.value),
            interval(slice.accuracy),
          ])}
        />
      </figure>
    </Fold>
  );
}

/** "2 to 13 words", "with negation"; as the evaluation names them, but as people say it. */
function nameOf({ by, name }: Slice): string {
  return ["words", "negation", "identity terms"].includes(by) ? `${name} ${by}` : `${by}: ${name}`;
}
