import { useState } from "react";

import type { Classifier } from "../../api/generated";
import { AddTexts } from "./add-texts";
import classes from "./examples-step.module.css";
import { ExampleFile } from "./example-file";
import { LabelCards } from "./label-cards";
import { Step } from "./step";

interface ExamplesStepProps {
  classifier: Classifier;
  onChanged: () => void;
}

const WAYS = [
  { way: "file", name: "Drop a file" },
  { way: "cards", name: "Label by keyboard" },
] as const;

type Way = (typeof WAYS)[number]["way"];

/** Examples from a file, or labelled one by one. */
export function ExamplesStep({ classifier, onChanged }: ExamplesStepProps) {
  const [chosen, setChosen] = useState<Way>();
  const [isAdding, setAdding] = useState(false);
  const { unlabelled } = classifier.examples;
  const way = chosen ?? (unlabelled > 0 ? "cards" : "file");
  const changed = () => {
    setAdding(false);
    onChanged();
  };
  return (
    <Step number={2} title="Examples">
      <div className={classes.ways} role="radiogroup" aria-label="How to give examples">
        {WAYS.map((each) => (
          <label key={each.way}>
            <input type="radio" name="way" checked={way === each.way} onChange={() => setChosen(each.way)} />
            {each.name}
          </label>
        ))}
      </div>
      {way === "file" ? (
        <ExampleFile
          classifier={classifier}
          onAdded={(toLabel) => {
            changed();
            setChosen(toLabel ? "cards" : "file");
          }}
        />
      ) : (
        <>
          {unlabelled > 0 ? (
            <LabelCards classifier={classifier} onChanged={onChanged} onMore={() => setAdding(true)} />
          ) : null}
          {unlabelled === 0 || isAdding ? <AddTexts name={classifier.name} onAdded={changed} /> : null}
        </>
      )}
    </Step>
  );
}
