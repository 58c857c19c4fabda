import type { ModelDetail, Result } from "../../api/generated";
import { baseName, counted, percent } from "../../lib/format";
import { probability } from "../../lib/units";
import { dataName, inHundredths, interval, rightOf, splitName } from "./logic";
import classes from "./overview.module.css";

/** So many figures say how good it is; the results have all. */
const MOST_FIGURES = 3;
/** More labels than this are counted, not named. */
const MOST_NAMED = 6;

/** What it is and how good. */
export function Overview({ model }: { model: ModelDetail }) {
  const base = baseName(model.base);
  return (
    <header className={classes.overview}>
      <p className={classes.kind}>
        Model: {model.name} ({base})
      </p>
      <h1>{titleOf(model)}</h1>
      <p className={classes.sentence}>
        {model.multi_label ? "A text may have several labels, or none. " : ""}
        An encoder, {base}, reads the text, and one linear layer decides.{" "}
        {model.multi_label
          ? ""
          : `Below ${percent(probability(model.sure_from))} it says “not sure”: a person should decide.`}
      </p>
      <ul className={classes.figures} aria-label="How good it is">
        {figuresOf(model.results).map((result) => (
          <Figure key={`${result.data} ${result.split}`} result={result} />
        ))}
      </ul>
    </header>
  );
}

function Figure({ result }: { result: Result }) {
  const right = rightOf(result);
  if (!right) return null;
  return (
    <li>
      <strong>{inHundredths(right.value)}%</strong>{" "}
      <span>
        {result.multi_label ? "given exactly the right labels" : "labelled right"}: {dataName(result.data)},{" "}
        {splitName(result.split)}, {counted(result.rows, "text")} (95% interval {interval(right)})
      </span>
    </li>
  );
}

/** The model's own results, the first of each set of texts. */
function figuresOf(results: readonly Result[]): Result[] {
  const firsts = results.filter(
    ({ data, split }, i) => results.findIndex((each) => each.data === data && each.split === split) === i,
  );
  return firsts.filter((result) => rightOf(result)).slice(0, MOST_FIGURES);
}

/** "Classifies text as negative or positive": what a model is for, whatever its name. */
function titleOf({ labels, multi_label: several }: ModelDetail): string {
  if (labels.length > MOST_NAMED) return `Classifies text into ${labels.length} labels`;
  const list = new Intl.ListFormat("en", { type: several ? "conjunction" : "disjunction" }).format(labels);
  return several ? `Finds ${list} in text` : `Classifies text as ${list}`;
}
