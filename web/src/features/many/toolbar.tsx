import { Button } from "@mantine/core";

import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import type { Sides } from "../../lib/labels";
import classes from "./toolbar.module.css";
import type { Filter, Sort, View } from "./view";

interface ToolbarProps {
  view: View;
  labels: readonly string[];
  ends: Sides | undefined;
  onChange: (view: View) => void;
  onOpenFirst: (label: number) => void;
}

/** What the table shows, and in which order. */
export function Toolbar({ view, labels, ends, onChange, onOpenFirst }: ToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <h2 id="rows" className={shared.title}>
        Rows
      </h2>
      <input
        type="search"
        className={classes.search}
        aria-label="Search the texts"
        placeholder="Search the texts"
        value={view.query}
        onChange={(event) => onChange({ ...view, query: event.currentTarget.value })}
      />
      <Choice
        label="Show"
        value={filterKey(view.filter)}
        options={[
          { value: "all", name: "all" },
          ...labels.map((label, i) => ({ value: `label ${i}`, name: `${label} (confident)` })),
          { value: "unsure", name: "not sure" },
          { value: "failed", name: "not scored" },
        ]}
        onChoose={(key) => onChange({ ...view, filter: filterOf(key) })}
      />
      <Choice
        label="Order"
        value={sortKey(view.sort)}
        options={[
          { value: "file", name: "as in the file" },
          ...labels.map((label, i) => ({ value: `label ${i}`, name: `most ${label} first` })),
          { value: "doubt", name: "least sure first" },
        ]}
        onChoose={(key) => onChange({ ...view, sort: sortOf(key) })}
      />
      {ends ? (
        <Button variant="default" size="xs" onClick={() => onOpenFirst(labels.indexOf(ends.left))}>
          Open the most {ends.left}
        </Button>
      ) : null}
    </div>
  );
}

const keyWith = (kind: string, label: number): string => (kind === "label" ? `label ${label}` : kind);
const filterKey = (filter: Filter): string =>
  keyWith(filter.kind, filter.kind === "label" ? filter.label : 0);
const sortKey = (sort: Sort): string => keyWith(sort.by, sort.by === "label" ? sort.label : 0);
const labelIn = (key: string): number => Number(key.split(" ")[1] ?? 0);

function filterOf(key: string): Filter {
  if (key.startsWith("label")) return { kind: "label", label: labelIn(key) };
  return { kind: key === "unsure" || key === "failed" ? key : "all" };
}

function sortOf(key: string): Sort {
  if (key.startsWith("label")) return { by: "label", label: labelIn(key) };
  return { by: key === "doubt" ? key : "file" };
}
