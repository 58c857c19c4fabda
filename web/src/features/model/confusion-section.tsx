import type { ModelDetail } from "../../api/generated";
import { count } from "../../lib/format";
import classes from "./confusion-section.module.css";
import { dataName } from "./logic";
import pageClasses from "./model-page.module.css";

/** Where it errs, on the first of its own results. */
export function ConfusionSection({ model }: { model: ModelDetail }) {
  const result = model.results.find((each) => each.confusion);
  if (!result?.confusion) return null;
  const { confusion } = result;
  return (
    <section aria-labelledby="confusion">
      <h2 id="confusion">Where it errs</h2>
      <p className={pageClasses.lead}>
        {result.name}; {dataName(result.data)}, {result.split} split. Each row holds the texts of one true
        label; read along it to see what they were taken for.
      </p>
      <div className={classes.scroll}>
        <table className={classes.matrix}>
          <caption className={classes.caption}>
            Confusion matrix: true labels in rows, predicted ones in columns
          </caption>
          <thead>
            <tr>
              <td />
              {model.labels.map((label) => (
                <th key={label} scope="col">
                  read as {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {confusion.map((row, truth) => (
              <tr key={model.labels[truth]}>
                <th scope="row">truly {model.labels[truth]}</th>
                {row.map((cell, read) => (
                  <Cell key={model.labels[read]} cell={cell} row={row} right={truth === read} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
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
      <strong>{count(cell)}</strong>
      <span>{Math.round(share * 100)} %</span>
    </td>
  );
}
