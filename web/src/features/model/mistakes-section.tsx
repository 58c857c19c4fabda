import type { KnownFailure, ModelDetail, Result } from "../../api/generated";
import { percent } from "../../lib/format";
import { probability } from "../../lib/units";
import { dataName, inHundredths, rightOf } from "./logic";
import classes from "./mistakes-section.module.css";
import { Limits } from "./model-card";
import pageClasses from "./model-page.module.css";

/** The mistakes that it is surest of say the most; the others are for who asks. */
const SHOWN = 5;

/** Where it fails, before anybody relies on it: texts that it gets wrong, and what its card says of limits. */
export function MistakesSection({ model }: { model: ModelDetail }) {
  const measured = model.results.filter(({ known_failures: failures }) => (failures ?? []).length > 0);
  return (
    <section id="mistakes" aria-labelledby="mistakes-title">
      <h2 id="mistakes-title">Where it fails</h2>
      <div className={classes.parts}>
        {measured.map((result) => (
          <Failures key={`${result.data} ${result.split}`} result={result} />
        ))}
        <Limits card={model.card} />
      </div>
    </section>
  );
}

function Failures({ result }: { result: Result }) {
  const failures = result.known_failures ?? [];
  const right = rightOf(result);
  const rest = failures.slice(SHOWN);
  return (
    <div>
      <p className={pageClasses.lead}>
        {right
          ? `${inHundredths(right.value)}% right on ${dataName(result.data)} (${result.rows} texts). `
          : ""}
        The mistakes that it is surest of:
      </p>
      <FailureList failures={failures.slice(0, SHOWN)} />
      {rest.length > 0 ? (
        <details className={classes.rest}>
          <summary>Show {rest.length} more</summary>
          <FailureList failures={rest} />
        </details>
      ) : null}
    </div>
  );
}

function FailureList({ failures }: { failures: readonly KnownFailure[] }) {
  return (
    <ul className={classes.failures}>
      {failures.map(({ text, truth, predicted, probability: certainty }) => (
        <li key={text}>
          <q dir="auto">{text}</q>{" "}
          <span>
            predicted {predicted} ({percent(probability(certainty))}), is {truth}
          </span>
        </li>
      ))}
    </ul>
  );
}
