import shared from "../../components/shared.module.css";
import { count, longDuration, timesHundred } from "../../lib/format";
import { columnsOf, interval, metricMeaning, metricName, type Group } from "./logic";
import classes from "./results-table.module.css";

/** The metrics with their intervals and cost, always including the chart's. */
export function ResultsTable({ group, chosen }: { group: Group; chosen: string }) {
  const columns = columnsOf(group, chosen);
  return (
    <div className={classes.scroll} role="region" aria-label={`Results on ${group.title}`} tabIndex={0}>
      <table>
        <caption className={shared.unseen}>Results on {group.title}, with 95% intervals</caption>
        <thead>
          <tr>
            <th scope="col">Method</th>
            {columns.map((key) => (
              <th key={key} scope="col" title={metricMeaning(key)}>
                {metricName(key)}
              </th>
            ))}
            <th scope="col">Trained parameters</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {group.rows.map((row, i) => (
            <tr key={i} data-own={row.own || undefined}>
              <th scope="row">
                {row.name} {row.own ? <span className={classes.own}>this model</span> : null}
              </th>
              {columns.map((key) => {
                const estimate = row.metrics[key];
                return (
                  <td key={key}>
                    {estimate ? (
                      <>
                        {timesHundred(estimate.value)}{" "}
                        <span className={classes.interval}>{interval(estimate)}</span>
                      </>
                    ) : (
                      "–"
                    )}
                  </td>
                );
              })}
              <td>{count(row.trained_parameters)}</td>
              <td>{longDuration(row.wall_time_s)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
