import classes from "./choice.module.css";

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; name: string }[];
  onChoose: (value: string) => void;
}

/** A labelled select field. */
export function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label className={classes.choice}>
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </label>
  );
}
