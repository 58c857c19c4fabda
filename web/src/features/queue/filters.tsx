import { useId, useState } from "react";

import { Choice } from "../../components/choice";
import { QuietButton } from "../../components/quiet-button";
import type { Change, Values } from "../../lib/fragment-state";
import classes from "./filters.module.css";
import { isFiltered, NO_FILTERS, ORDERS, REASONS_TO_LOOK, STATES } from "./wanted";

const ALL = { value: "", name: "all" };
const CHOICES = ["state", "why", "label", "order"];

interface FiltersProps {
  values: Values;
  labels: readonly string[];
  onChange: (change: Change) => void;
}

/** Which comments are shown, and in which order. The address has it, so that Back and a link bring it back. */
export function Filters({ values, labels, onChange }: FiltersProps) {
  const [open, setOpen] = useState(false);
  const choices = useId();
  const chosen = CHOICES.filter((name) => values[name] !== undefined).length;
  return (
    <div className={classes.filters} role="group" aria-label="Filters">
      <input
        type="search"
        className={classes.search}
        aria-label="Search comments"
        placeholder="Search comments"
        maxLength={200}
        value={values["search"] ?? ""}
        onChange={(event) => onChange({ search: event.currentTarget.value || undefined })}
      />
      <span className={classes.unfold}>
        <QuietButton expanded={open} controls={choices} onClick={() => setOpen(!open)}>
          Filters and order{chosen > 0 ? ` (${chosen})` : ""}
        </QuietButton>
      </span>
      <div id={choices} className={classes.choices} data-open={open || undefined}>
        <Choices values={values} labels={labels} onChange={onChange} />
      </div>
      {(["author", "thread"] as const).map((name) =>
        values[name] === undefined ? null : (
          <QuietButton key={name} onClick={() => onChange({ [name]: undefined })}>
            {name === "author" ? `only by ${values[name]}` : `only the thread ${values[name]}`} ✕
          </QuietButton>
        ),
      )}
      {isFiltered(values) ? (
        <QuietButton onClick={() => onChange(NO_FILTERS)}>Clear the filters</QuietButton>
      ) : null}
    </div>
  );
}

function Choices({ values, labels, onChange }: FiltersProps) {
  const choose =
    (name: string, usual = "") =>
    (value: string) =>
      onChange({ [name]: value === usual ? undefined : value });
  return (
    <>
      <Choice
        label="Show"
        value={values["state"] ?? "open"}
        options={STATES}
        onChoose={choose("state", "open")}
      />
      <Choice
        label="Reason"
        value={values["why"] ?? ""}
        options={[ALL, ...REASONS_TO_LOOK]}
        onChoose={choose("why")}
      />
      {labels.length === 0 ? null : (
        <Choice
          label="Label"
          value={values["label"] ?? ""}
          options={[ALL, ...labels.map((label) => ({ value: label, name: label }))]}
          onChoose={choose("label")}
        />
      )}
      <Choice
        label="Order"
        value={values["order"] ?? "score"}
        options={ORDERS}
        onChoose={choose("order", "score")}
      />
    </>
  );
}
