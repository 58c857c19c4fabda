import type { Classifier } from "../../api/generated";
import shared from "../../components/shared.module.css";
import { counted, fixedPercent } from "../../lib/format";
import classes from "./classifier-list.module.css";
import { between, totalOf } from "../../signed-in/words";

interface ClassifierListProps {
  classifiers: readonly Classifier[];
  onOpen: (name: string) => void;
}

/** All classifiers, each with its state in a line. */
export function ClassifierList({ classifiers, onOpen }: ClassifierListProps) {
  if (classifiers.length === 0) return null;
  return (
    <section aria-labelledby="classifiers" className={classes.section}>
      <h2 id="classifiers" className={shared.title}>
        Your classifiers
      </h2>
      <ul className={classes.list}>
        {classifiers.map((classifier) => (
          <li key={classifier.name} className={`${shared.card} ${classes.item}`}>
            <button type="button" className={classes.open} onClick={() => onOpen(classifier.name)}>
              {classifier.name}
            </button>
            <p className={classes.labels}>{classifier.labels.join(", ") || "no labels yet"}</p>
            <p className={classes.state}>{stateOf(classifier)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function stateOf({ examples, published, newest }: Classifier): string {
  const labelled = counted(totalOf(examples), "labelled example");
  const version = published ?? newest;
  if (!version) return `${labelled} · not fitted yet`;
  const { accuracy, number } = version;
  const figure = accuracy ? ` · right for ${fixedPercent(accuracy.value, 0)} (${between(accuracy)})` : "";
  return `${labelled} · version ${number}${published ? " published" : ", not published"}${figure}`;
}
