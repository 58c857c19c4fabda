import type { ModelDetail } from "../../api/generated";
import { counted, percent } from "../../lib/format";
import { probability } from "../../lib/units";
import { dataName, inHundredths, interval, rightOf } from "./logic";
import classes from "./overview.module.css";

/** What it is, on one screen. */
export function Overview({ model }: { model: ModelDetail }) {
  const first = model.results[0];
  const accuracy = first && rightOf(first);
  return (
    <header className={classes.overview}>
      <div>
        <p className={classes.kind}>Text classifier</p>
        <h1>{model.name}</h1>
        <p className={classes.sentence}>
          {model.multi_label
            ? `Gives a text any of ${listed(model.labels)}, or none.`
            : `Tells ${listed(model.labels)} apart.`}{" "}
          Its body, an encoder made from {model.base}, reads the text; its head, one linear layer on top,
          decides.
        </p>
      </div>
      {first && accuracy ? (
        <p className={classes.figure}>
          <strong>
            {inHundredths(accuracy.value)} <span>%</span>
          </strong>
          of {counted(first.rows, "text")} of {dataName(first.data)}’s {first.split} split{" "}
          {first.multi_label ? "given exactly the right labels" : "labelled right"} (95 % interval{" "}
          {interval(accuracy)})
        </p>
      ) : null}
      <dl>
        <Fact name="Base">{model.base}</Fact>
        <Fact name="Licence">{model.licence}</Fact>
        <Fact name="Labels">{model.labels.join(", ")}</Fact>
        <Fact name="Sure from">{percent(probability(model.sure_from))}</Fact>
        <Fact name="Window">{counted(model.max_tokens, "token")}; longer texts in several</Fact>
        <Fact name="Readout">{model.readout}</Fact>
        <Fact name="Body">
          <code>{model.version.body}</code>
        </Fact>
        <Fact name="Head">
          <code>{model.version.head}</code>
        </Fact>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function listed(labels: readonly string[]): string {
  const shown = labels.length > 6 ? [...labels.slice(0, 5), `${labels.length - 5} more labels`] : labels;
  return new Intl.ListFormat("en").format(shown);
}
