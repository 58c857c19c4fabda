import { Choice } from "../../components/choice";
import classes from "./examples-view.module.css";
import { LABEL, NOT_LABELLED, type Filter } from "./wanted";

interface ExampleFiltersProps {
  labels: readonly string[];
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const ALL = { value: "", name: "all" };
const PARTS = [ALL, { value: "train", name: "to learn from" }, { value: "test", name: "to test on" }];
const SOURCES = [
  ALL,
  { value: "file", name: "a file" },
  { value: "hand", name: "labelled by hand" },
  { value: "feedback", name: "feedback" },
  { value: "decision", name: "decisions" },
];

export function ExampleFilters({ labels, filter, onChange }: ExampleFiltersProps) {
  return (
    <>
      <input
        type="search"
        className={classes.search}
        aria-label="Search texts"
        placeholder="Search texts"
        maxLength={200}
        value={filter.search}
        onChange={(event) => onChange({ ...filter, search: event.currentTarget.value })}
      />
      <Choice
        label="Label"
        value={filter.label}
        options={[
          ALL,
          ...labels.map((label) => ({ value: LABEL + label, name: label })),
          { value: NOT_LABELLED, name: "not labelled" },
        ]}
        onChoose={(label) => onChange({ ...filter, label })}
      />
      <Choice
        label="Part"
        value={filter.part}
        options={PARTS}
        onChoose={(part) => onChange({ ...filter, part: part as Filter["part"] })}
      />
      <Choice
        label="From"
        value={filter.source}
        options={SOURCES}
        onChoose={(source) => onChange({ ...filter, source: source as Filter["source"] })}
      />
    </>
  );
}
