import { Choice } from "../../components/choice";

interface ScoreColumnChoiceProps {
  columns: readonly string[];
  textColumn: number;
  chosen: number | undefined;
  onChoose: (name: string) => void;
}

/** Which column has the old scores. */
export function ScoreColumnChoice({ columns, textColumn, chosen, onChoose }: ScoreColumnChoiceProps) {
  const others = columns.filter((_, at) => at !== textColumn);
  if (others.length === 0) return null;
  const none = chosen === undefined ? [{ value: "", name: "choose a column" }] : [];
  return (
    <Choice
      label="Old scores"
      value={chosen === undefined ? "" : (columns[chosen] ?? "")}
      options={[...none, ...others.map((name) => ({ value: name, name }))]}
      onChoose={onChoose}
    />
  );
}
