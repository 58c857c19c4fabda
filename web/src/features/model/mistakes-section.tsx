import type { KnownFailure, ModelDetail, Result } from "../../api/generated";
import { counted, fixedPercent, percent } from "../../lib/format";
import { probability } from "../../lib/units";
import { dataName, accuracyOf } from "./logic";
import classes from "./mistakes-section.module.css";
import { Limits } from "./model-card";
import pageClasses from "./model-page.module.css";

/** The most confident mistakes are shown; the others on request. */
const SHOWN = 5;

/** The model's most confident mistakes, and the limits from its card. */
export function MistakesSection({ model }: { model: ModelDetail }) {
  const measured = model.results.filter(({ known_failures: failures }) => (failures ?? []).length > 0);
  const byRow = model.results.filter(
    ({ known_failures: failures, mistakes }) => !failures?.length && (mistakes ?? []).length > 0,
  );
  return (
    <section id="mistakes" aria-labelledby="mistakes-title">
      <h2 id="mistakes-title">Where it fails</h2>
      <div className={classes.parts}>
        {measured.map((result) => (
          <Failures key={`${result.data} ${result.split}`} result={result} />
        ))}
        {byRow.map((result) => (
          <MistakesByRow key={`${result.data} ${result.split}`} result={result} />
        ))}
        <Limits card={model.card} />
      </div>
    </section>
  );
}

function Failures({ result }: { result: Result }) {
  const failures = result.known_failures ?? [];
  const right = accuracyOf(result);
  const rest = failures.slice(SHOWN);
  return (
    <div>
      <p className={pageClasses.lead}>
        {right
          ? `${fixedPercent(right.value)} of texts correct on ${dataName(result.data)} (${counted(result.rows, "text")}). `
          : ""}
        Its most confident mistakes:
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

/** The most confident mistakes by where their rows come from: their texts are not part of the model. */
function MistakesByRow({ result }: { result: Result }) {
  const mistakes = result.mistakes ?? [];
  return (
    <details className={classes.rest}>
      <summary>
        Rows of its most confident mistakes on {dataName(result.data)} ({mistakes.length})
      </summary>
      <ul className={classes.failures}>
        {mistakes.map(({ key, truth, predicted, probability: certainty }) => (
          <li key={key}>
            <code>{key}</code>{" "}
            <span>
              predicted {predicted} ({percent(probability(certainty))}), actually {truth}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function FailureList({ failures }: { failures: readonly KnownFailure[] }) {
  return (
    <ul className={classes.failures}>
      {failures.map(({ text, truth, predicted, probability: certainty }) => (
        <li key={text}>
          <q dir="auto">{text}</q>{" "}
          <span>
            predicted {predicted} ({percent(probability(certainty))}), actually {truth}
          </span>
        </li>
      ))}
    </ul>
  );
}
