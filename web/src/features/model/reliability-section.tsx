import { ChartTable } from "../../components/chart-table";
import type { Result } from "../../api/generated";
import { count, fixedPercent, percentRange, timesHundred } from "../../lib/format";
import { binsOf } from "./curves";
import classes from "./result-details.module.css";
import { CollapsibleSection } from "./collapsible-section";
import pageClasses from "./model-page.module.css";
import { SquareChart } from "./square-chart";

const LARGEST_DOT = 13;
const MIN_DOT = 3;

/** The reliability diagram: whether 80% means that four in five are correct. */
export function ReliabilitySection({ result }: { result: Result }) {
  if (!result.reliability) return null;
  const bins = binsOf(result.reliability);
  const most = Math.max(...bins.map(({ rows }) => rows));
  const ece = result.metrics["ece"];
  return (
    <CollapsibleSection
      id="reliability"
      title="Is 80% really 80%?"
      about="how well confidence matches accuracy"
    >
      <p className={pageClasses.lead}>
        Each dot stands for the texts in one range of confidence; larger dots mean more texts. On the dashed
        line, 80% means that four in five are correct. Below the line the model is overconfident.
        {result.multi_label ? " Every text counts once per label." : ""}
        {ece ? ` The average gap is ${timesHundred(ece.value)} points.` : ""}
        {result.calibration
          ? ` With perfect calibration, chance alone would cause a gap of ${timesHundred(result.calibration.by_chance.value)} on this many texts.`
          : ""}
      </p>
      <figure className={classes.narrow}>
        <SquareChart across="confidence, %" up="accuracy, %">
          {(x, y) =>
            bins.map(({ from, rows, confidence, accuracy }) => (
              <circle
                key={from}
                className={classes.dot}
                cx={x(confidence)}
                cy={y(accuracy)}
                r={Math.max(MIN_DOT, LARGEST_DOT * Math.sqrt(rows / most))}
              />
            ))
          }
        </SquareChart>
        <ChartTable
          caption="Confidence and accuracy"
          columns={["Confidence", "Texts", "Mean confidence", "Accuracy"]}
          rows={bins.map(({ from, to, rows, confidence, accuracy }) => [
            percentRange(from, to),
            count(rows),
            fixedPercent(confidence),
            fixedPercent(accuracy),
          ])}
        />
      </figure>
    </CollapsibleSection>
  );
}
