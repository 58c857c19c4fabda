import { Choice } from "./choice";

interface ModelChoiceProps {
  names: readonly string[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

/** Chooses the model; hidden if there is only one. */
export function ModelChoice({ names, chosen, onChoose }: ModelChoiceProps) {
  if (names.length < 2) return null;
  const options = names.map((name) => ({ value: name, name }));
  return (
    <Choice
      label="Model"
      value={chosen ?? ""}
      options={chosen === undefined ? [{ value: "", name: "choose a model" }, ...options] : options}
      onChoose={onChoose}
    />
  );
}
