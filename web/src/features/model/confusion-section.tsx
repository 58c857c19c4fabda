import type { ModelDetail, Result } from "../../api/generated";
import shared from "../../components/shared.module.css";
import { count } from "../../lib/format";
import classes from "./confusion-section.module.css";
import { Fold } from "./fold";
import { dataName, inHundredths, splitName } from "./logic";
import pageClasses from "./model-page.module.css";

/** Where it errs: what each label's texts were taken for, and each label's own figures. */
export function ConfusionSection({ model, result }: { model: ModelDetail; result: Result }) {
  const { confusion } = result;
  if (!confusion) return null;
  const labels = result.labels ?? model.labels;
  return (
    <Fold id="confusion" title="Mistakes by label" about="which label it gives instead of which">
      <p className={pageClasses.lead}>
        {result.name}; {dataName(result.data)}, {splitName(result.split)}. Each row holds the texts of one
        true label. Read along it to see what was predicted.
      </p>
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
                <th scope="row">is {labels[truth]}</th>
                {row.map((cell, read) => (
                  <Cell key={labels[read]} cell={cell} row={row} right={truth === read} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <LabelTable figures={result.per_class ?? []} />
    </Fold>
  );
}

function Cell({ cell, row, right }: { cell: number; row: readonly number[]; right: boolean }) {
  const total = row.reduce((sum, each) => sum + each, 0);
  const share = total === 0 ? 0 : cell / total;
  const colour = right ? "var(--right-mark)" : "var(--left-mark)";
  return (
    <td
      data-right={right || undefined}
      style={{ background: `color-mix(in srgb, ${colour} ${Math.round(8 + 40 * share)}%, var(--sheet))` }}
    >
      <strong>{count(cell)}</strong> <span>{Math.round(share * 100)}%</span>
    </td>
  );
}

function LabelTable({ figures }: { figures: NonNullable<Result["per_class"]> }) {
  if (figures.length === 0) return null;
  return (
    <div className={classes.scroll} role="region" aria-label="Each label’s figures" tabIndex={0}>
      <table className={classes.labels}>
        <caption className={shared.unseen}>Each label’s figures, times 100</caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col" title="of the texts that it gave this label, how many have it">
              Precision
            </th>
            <th scope="col" title="of the texts that have this label, how many it found">
              Recall
            </th>
            <th scope="col" title="the harmonic mean of both">
              F1
            </th>
            <th scope="col">Texts</th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ label, precision, recall, f1, support }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{inHundredths(precision)}</td>
              <td>{inHundredths(recall)}</td>
              <td>{inHundredths(f1)}</td>
              <td>{count(support)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
