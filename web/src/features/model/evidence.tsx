import { useState } from "react";

import type { ModelDetail, Result } from "../../api/generated";
import { Choice } from "../../components/choice";
import { ConfusionSection } from "./confusion-section";
import classes from "./evidence.module.css";
import { LearningSection } from "./learning-section";
import { dataName, splitName } from "./logic";
import { ReliabilitySection } from "./reliability-section";
import { SlicesSection } from "./slices-section";
import { ThresholdSection } from "./threshold-section";

/** A closer look at one of the model's own results: each part where it was measured. */
export function Evidence({ model }: { model: ModelDetail }) {
  const [chosen, setChosen] = useState(0);
  const results = model.results.filter((each) => each.confusion ?? each.roc ?? each.reliability);
  const result = results[chosen] ?? results[0];
  if (!result) return null;
  return (
    <div className={classes.evidence}>
      {results.length > 1 ? (
        <div className={classes.which}>
          <Choice
            label="Details measured on"
            value={`${results.indexOf(result)}`}
            options={results.map((each, i) => ({ value: `${i}`, name: nameOf(each) }))}
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

const nameOf = ({ name, data, split }: Result): string => `${dataName(data)}, ${splitName(split)}: ${name}`;
