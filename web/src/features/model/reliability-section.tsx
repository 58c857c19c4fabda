import { ChartTable } from "../../components/chart-table";
import type { Result } from "../../api/generated";
import { count } from "../../lib/format";
import { binsOf } from "./curves";
import classes from "./evidence.module.css";
import { Fold } from "./fold";
import { inHundredths } from "./logic";
import pageClasses from "./model-page.module.css";
import { SquareChart } from "./square-chart";

const LARGEST_DOT = 13;
const LEAST_DOT = 3;

/** Whether 80% means that four of five are right. */
export function ReliabilitySection({ result }: { result: Result }) {
  if (!result.reliability) return null;
  const bins = binsOf(result.reliability);
  const most = Math.max(...bins.map(({ rows }) => rows));
  const ece = result.metrics["ece"];
  return (
    <Fold id="reliability" title="Is 80% really 80%?" about="how far its percentages can be trusted">
      <p className={pageClasses.lead}>
        Each dot holds the texts of one range of certainty; a larger dot holds more. On the dashed line, 80%
        means that four of five are right. Below it the model is too sure of itself.
        {result.multi_label ? " Every text counts once for each label, with that label’s percentage." : ""}
        {ece ? ` On average it is off by ${inHundredths(ece.value)} points.` : ""}
        {result.calibration
          ? ` Were every percentage true, chance alone would make that ${inHundredths(result.calibration.by_chance.value)} on so many texts.`
          : ""}
      </p>
      <figure className={classes.narrow}>
        <SquareChart across="how sure it is, %" up="how often it is right, %">
          {(x, y) =>
            bins.map(({ from, rows, confidence, accuracy }) => (
              <circle
                key={from}
                className={classes.dot}
                cx={x(confidence)}
                cy={y(accuracy)}
                r={Math.max(LEAST_DOT, LARGEST_DOT * Math.sqrt(rows / most))}
              />
            ))
          }
        </SquareChart>
        <ChartTable
          caption="Certainty against accuracy"
          columns={["Certainty", "Texts", "Mean certainty", "Right"]}
          rows={bins.map(({ from, to, rows, confidence, accuracy }) => [
            `${(from * 100).toFixed(0)} to ${(to * 100).toFixed(0)}%`,
            count(rows),
            `${inHundredths(confidence)}%`,
            `${inHundredths(accuracy)}%`,
          ])}
        />
      </figure>
    </Fold>
  );
}
