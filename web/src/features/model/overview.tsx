import type { ModelDetail, Result } from "../../api/generated";
import { baseName, counted, fixedPercent, percent } from "../../lib/format";
import { probability } from "../../lib/units";
import { accuracyOf, cautionsOf, dataSetName, interval } from "./logic";
import classes from "./overview.module.css";

/** The number of headline figures; the results have all. */
const MAX_FIGURES = 3;
/** With more labels, only their number is shown. */
const MAX_LISTED_LABELS = 6;

/** What the model does and how accurate it is. */
export function Overview({ model }: { model: ModelDetail }) {
  const base = baseName(model.base);
  return (
    <header className={classes.overview}>
      <p className={classes.kind}>
        Model: {model.name} ({base})
      </p>
      <h1>{titleOf(model)}</h1>
      <p className={classes.sentence}>
        {model.multi_label ? "A text can have several labels, or none.  " : ""}
        The {base} encoder reads the text, and one linear layer classifies it.{" "}
        {model.multi_label
          ? ""
          : `Below ${percent(probability(model.sure_from))} it says “not sure”, and a person should decide.`}
      </p>
      <ul className={classes.figures} aria-label="Accuracy">
        {headlineResults(model.results).map((result) => (
          <Figure key={`${result.data} ${result.split}`} result={result} />
        ))}
      </ul>
    </header>
  );
}

function Figure({ result }: { result: Result }) {
  const right = accuracyOf(result);
  if (!right) return null;
  return (
    <li>
      <strong>{fixedPercent(right.value)}</strong>{" "}
      <span>
        {result.multi_label ? "with exactly the correct labels" : "labelled correctly"}: {dataSetName(result)}
        , {counted(result.rows, "text")} (95% interval {interval(right)})
      </span>
      {cautionsOf([result]).map((caution) => (
        <p key={caution} className={classes.caution}>
          {caution}
        </p>
      ))}
    </li>
  );
}

/** The model's first result on each data set. */
function headlineResults(results: readonly Result[]): Result[] {
  const firsts = results.filter(
    ({ data, split }, i) => results.findIndex((other) => other.data === data && other.split === split) === i,
  );
  return firsts.filter((result) => accuracyOf(result)).slice(0, MAX_FIGURES);
}

/** "Classifies text as negative or positive". */
function titleOf({ labels, multi_label: several }: ModelDetail): string {
  if (labels.length > MAX_LISTED_LABELS) return `Classifies text into ${labels.length} labels`;
  const list = new Intl.ListFormat("en", { type: several ? "conjunction" : "disjunction" }).format(labels);
  return several ? `Finds ${list} in text` : `Classifies text as ${list}`;
}
