import { useState } from "react";

import type { ModelDetail, Result } from "../../api/generated";
import { Choice } from "../../components/choice";
import { ConfusionSection } from "./confusion-section";
import classes from "./result-details.module.css";
import { LearningSection } from "./learning-section";
import { dataSetName } from "./logic";
import { ReliabilitySection } from "./reliability-section";
import { SlicesSection } from "./slices-section";
import { ThresholdSection } from "./threshold-section";

/** The details of one of the model's results: only the parts that were measured. */
export function ResultDetails({ model }: { model: ModelDetail }) {
  const [chosen, setChosen] = useState(0);
  const results = model.results.filter(
    (result) => result.confusion ?? result.per_class ?? result.roc ?? result.reliability,
  );
  const result = results[chosen] ?? results[0];
  if (!result) return null;
  return (
    <div className={classes.evidence}>
      {results.length > 1 ? (
        <div className={classes.which}>
          <Choice
            label="Details for"
            value={`${results.indexOf(result)}`}
            options={results.map((option, i) => ({ value: `${i}`, name: nameOf(option) }))}
            onChoose={(value) => setChosen(Number(value))}
          />
        </div>
      ) : null}
      <ConfusionSection model={model} result={result} />
      <ReliabilitySection result={result} />
      <ThresholdSection key={nameOf(result)} result={result} />
      <SlicesSection result={result} />
      <LearningSection result={result} />
    </div>
  );
}

const nameOf = (result: Result): string => `${dataSetName(result)}: ${result.name}`;
