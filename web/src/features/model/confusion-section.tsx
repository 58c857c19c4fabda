import type { ModelDetail, Result } from "../../api/generated";
import shared from "../../components/shared.module.css";
import { count, fixedPercent, timesHundred } from "../../lib/format";
import classes from "./confusion-section.module.css";
import { CollapsibleSection } from "./collapsible-section";
import { dataSetName } from "./logic";
import pageClasses from "./model-page.module.css";

/** The confusion matrix or the labels confused most, and precision, recall and F1 per label. */
export function ConfusionSection({ model, result }: { model: ModelDetail; result: Result }) {
  const { confusion, confused, per_class: figures } = result;
  if (!confusion && !confused?.length && !figures?.length) return null;
  return (
    <CollapsibleSection id="confusion" title="Mistakes by label" about="which labels it confuses">
      <p className={pageClasses.lead}>
        {result.name}; {dataSetName(result)}.
        {confusion ? " Each row shows what the model predicted for the texts of one true label." : ""}
      </p>
      {confusion ? <Matrix confusion={confusion} labels={result.labels ?? model.labels} /> : null}
      {confused?.length ? <ConfusedPairs pairs={confused} /> : null}
      <LabelTable figures={figures ?? []} />
    </CollapsibleSection>
  );
}

function Matrix({ confusion, labels }: { confusion: readonly number[][]; labels: readonly string[] }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.matrix}>
        <caption className={shared.unseen}>
          Confusion matrix: true labels in rows, predicted ones in columns
        </caption>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col">
                predicted {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, truth) => (
            <tr key={labels[truth]}>
              <th scope="row">true {labels[truth]}</th>
              {row.map((cell, predicted) => (
                <Cell key={labels[predicted]} cell={cell} row={row} correct={truth === predicted} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The most frequent confusions, the most rows first. */
function ConfusedPairs({ pairs }: { pairs: NonNullable<Result["confused"]> }) {
  return (
    <div className={classes.scroll} role="region" aria-label="Most confused labels" tabIndex={0}>
      <table className={classes.labels}>
        <caption className={shared.unseen}>Most confused labels</caption>
        <thead>
          <tr>
            <th scope="col">True label</th>
            <th scope="col">Predicted</th>
            <th scope="col">Texts</th>
            <th scope="col" title="the share of the texts with the true label">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ truth, predicted, rows, share }) => (
            <tr key={`${truth} ${predicted}`}>
              <th scope="row">{truth}</th>
              <td>{predicted}</td>
              <td>{count(rows)}</td>
              <td>{fixedPercent(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell, row, correct }: { cell: number; row: readonly number[]; correct: boolean }) {
  const total = row.reduce((sum, value) => sum + value, 0);
  const share = total === 0 ? 0 : cell / total;
  const colour = correct ? "var(--right-mark)" : "var(--left-mark)";
  return (
    <td style={{ background: `color-mix(in srgb, ${colour} ${Math.round(8 + 40 * share)}%, var(--sheet))` }}>
      <strong>{count(cell)}</strong> <span>{fixedPercent(share, 0)}</span>
    </td>
  );
}

function LabelTable({ figures }: { figures: NonNullable<Result["per_class"]> }) {
  if (figures.length === 0) return null;
  return (
    <div className={classes.scroll} role="region" aria-label="Metrics by label" tabIndex={0}>
      <table className={classes.labels}>
        <caption className={shared.unseen}>Metrics by label, in percent</caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col" title="the share of texts predicted as this label that are correct">
              Precision
            </th>
            <th scope="col" title="the share of texts with this label that were found">
              Recall
            </th>
            <th scope="col" title="the harmonic mean of precision and recall">
              F1
            </th>
            <th scope="col">Texts</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ label, precision, recall, f1, support }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{timesHundred(precision)}</td>
              <td>{timesHundred(recall)}</td>
              <td>{timesHundred(f1)}</td>
              <td>{count(support)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
