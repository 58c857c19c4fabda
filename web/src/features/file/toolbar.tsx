import { Button } from "@mantine/core";

import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import type { Sides } from "../../lib/labels";
import classes from "./toolbar.module.css";
import { filterKey, filterOf, sortKey, sortOf, type View } from "./view";

interface ToolbarProps {
  view: View;
  labels: readonly string[];
  ends: Sides | undefined;
  onChange: (view: View) => void;
  onOpenFirst: (label: number) => void;
}

/** Search, filter and sort order of the table. */
export function Toolbar({ view, labels, ends, onChange, onOpenFirst }: ToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <h2 id="rows" className={shared.title}>
        Rows
      </h2>
      <input
        type="search"
        className={classes.search}
        aria-label="Search texts"
        placeholder="Search texts"
        value={view.query}
        onChange={(event) => onChange({ ...view, query: event.currentTarget.value })}
      />
      <Choice
        label="Show"
        value={filterKey(view.filter, labels)}
        options={[
          { value: "all", name: "all" },
          ...labels.map((label, i) => ({
            value: filterKey({ kind: "label", label: i }, labels),
            name: `${label} (confident)`,
          })),
          { value: "unsure", name: "not sure" },
          { value: "failed", name: "not scored" },
        ]}
        onChoose={(key) => onChange({ ...view, filter: filterOf(key, labels) })}
      />
      <Choice
        label="Sort by"
        value={sortKey(view.sort, labels)}
        options={[
          { value: "file", name: "file order" },
          ...labels.map((label, i) => ({
            value: sortKey({ by: "label", label: i }, labels),
            name: `most ${label} first`,
          })),
          { value: "doubt", name: "least confident first" },
        ]}
        onChoose={(key) => onChange({ ...view, sort: sortOf(key, labels) })}
      />
      {ends ? (
        <Button variant="default" size="xs" onClick={() => onOpenFirst(labels.indexOf(ends.left))}>
          Open the most {ends.left}
        </Button>
      ) : null}
    </div>
  );
}
