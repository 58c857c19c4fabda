import classes from "./model-choice.module.css";

interface ModelChoiceProps {
  names: readonly string[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

/** Which model reads; nothing to choose where there is one. */
export function ModelChoice({ names, chosen, onChoose }: ModelChoiceProps) {
  if (names.length < 2) return null;
  return (
    <label className={classes.choice}>
      Read by
      <select value={chosen ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        {chosen === undefined ? <option value="">choose a model</option> : null}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
