import { useState } from "react";

import type { ModelDetail } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { Fold } from "./fold";
import { IntervalChart } from "./interval-chart";
import { groupsOf, metricMeaning, metricName, type Group } from "./logic";
import pageClasses from "./model-page.module.css";
import { ResultsTable } from "./results-table";
import classes from "./results-section.module.css";

/** How good it is, and how good other ways are on the same rows. */
export function ResultsSection({ model }: { model: ModelDetail }) {
  const groups = groupsOf(model);
  return (
    <Fold id="results" title="Results" about="every figure with its interval, and other ways to do the same">
      <p className={pageClasses.lead}>
        {groups.length === 0
          ? "None are recorded with this model. Measure it on your own texts: valence evaluate."
          : "Each dot is a measurement and each line its 95% interval. Where lines overlap, the difference may be chance. Figures are times 100."}
      </p>
      {groups.map((group) => (
        <ResultGroup key={group.key} group={group} />
      ))}
    </Fold>
  );
}

function ResultGroup({ group }: { group: Group }) {
  const [metric, setMetric] = useState(group.metrics[0] ?? "");
  return (
    <div className={`${shared.card} ${classes.group}`}>
      <div className={pageClasses.head}>
        <h3>{group.title}</h3>
        <Choice
          label="Chart shows"
          value={metric}
          options={group.metrics.map((key) => ({ value: key, name: metricName(key) }))}
          onChoose={setMetric}
        />
      </div>
      <p className={classes.meaning}>{metricMeaning(metric)}</p>
      <IntervalChart rows={group.rows} metric={metric} />
      <ResultsTable group={group} chosen={metric} />
      <p className={classes.processors}>Measured on {group.processors.join("; ")}.</p>
    </div>
  );
}
