import classes from "./preview.module.css";
import type { Table } from "./table";

const SHOWN_ROWS = 6;
/** Longer cells are truncated. */
const SHOWN_CHARS = 160;

/** Columns that mean something, and the word that says what. */
export interface Marked {
  columns: readonly number[];
  word: string;
}

interface PreviewProps {
  table: Table;
  column: number;
  /** What is scored of the column's cells, if not all. */
  own: readonly string[] | undefined;
  marked: Marked;
  onChoose: (column: number) => void;
}

/** The first rows, with a radio button in each column's header. */
export function Preview({ table: { columns, rows }, column, own, marked, onChoose }: PreviewProps) {
  const chosen = (i: number) => i === column || undefined;
  return (
    <div className={classes.scroll} role="region" aria-label="First rows of the file" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((name, i) => (
              <th key={name} scope="col" data-chosen={chosen(i)}>
                <label>
                  <input type="radio" name="column" checked={i === column} onChange={() => onChoose(i)} />
                  {name}
                </label>
                {marked.columns.includes(i) ? <span className={classes.mark}>{marked.word}</span> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_ROWS).map((row, r) => (
            <tr key={r}>
              {columns.map((name, i) => (
                <td key={name} dir="auto" data-chosen={chosen(i)}>
                  {shortened((i === column ? own?.[r] : undefined) ?? row[i] ?? "")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const shortened = (text: string): string =>
  text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
