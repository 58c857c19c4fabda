import type { ModelSummary } from "../../api/generated";
import classes from "./model-choice.module.css";

interface ModelChoiceProps {
  models: readonly ModelSummary[] | undefined;
  chosen: ModelSummary | undefined;
  onChoose: (name: string) => void;
}

/** Which model reads; nothing to choose where there is one. */
export function ModelChoice({ models, chosen, onChoose }: ModelChoiceProps) {
  if (!models || models.length < 2) return null;
  return (
    <label className={classes.choice}>
      Read by
      <select value={chosen?.name ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        {chosen ? null : <option value="">choose a model</option>}
        {models.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
