import { useState } from "react";

import type { ModelDetail } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { CollapsibleSection } from "./collapsible-section";
import { IntervalChart } from "./interval-chart";
import { groupsOf, metricMeaning, metricName, type Group } from "./logic";
import pageClasses from "./model-page.module.css";
import { ResultsTable } from "./results-table";
import classes from "./results-section.module.css";

/** All results, with comparisons on the same rows. */
export function ResultsSection({ model }: { model: ModelDetail }) {
  const groups = groupsOf(model);
  return (
    <CollapsibleSection id="results" title="Results" about="all metrics with intervals, and comparisons">
      <p className={pageClasses.lead}>
        {groups.length === 0
          ? "This model has no recorded results. Measure it on your own texts with valence evaluate."
          : "Each dot is a result, each line its 95% interval. If lines overlap, the difference may be chance. Figures are in percent."}
      </p>
      {groups.map((group) => (
        <ResultGroup key={group.key} group={group} />
      ))}
    </CollapsibleSection>
  );
}

function ResultGroup({ group }: { group: Group }) {
  const [metric, setMetric] = useState(group.metrics[0] ?? "");
  return (
    <div className={`${shared.card} ${classes.group}`}>
      <div className={pageClasses.head}>
        <h3>{group.title}</h3>
        <Choice
          label="Metric"
          value={metric}
          options={group.metrics.map((key) => ({ value: key, name: metricName(key) }))}
          onChoose={setMetric}
        />
      </div>
      {group.cautions.map((caution) => (
        <p key={caution} className={classes.meaning}>
          {caution}
        </p>
      ))}
      <p className={classes.meaning}>{metricMeaning(metric)}</p>
      <IntervalChart rows={group.rows} metric={metric} />
      <ResultsTable group={group} chosen={metric} />
      <p className={classes.processors}>Measured on {group.processors.join("; ")}.</p>
    </div>
  );
}
