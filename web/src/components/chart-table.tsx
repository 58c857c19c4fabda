import classes from "./chart-table.module.css";

interface ChartTableProps {
  /** What is opened, where there are several tables together. */
  title?: string;
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A chart's figures as a table, for screen readers and exact values. */
export function ChartTable({ title = "Show as table", caption, columns, rows }: ChartTableProps) {
  return (
    <details className={classes.details}>
      <summary>{title}</summary>
      <div className={classes.scroll} role="region" aria-label={`${caption}, table`} tabIndex={0}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr key={r}>
                {row.map((cell, i) =>
                  i === 0 ? (
                    <th key={i} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={i}>{cell}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
