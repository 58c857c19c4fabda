import type { FilePreview } from "../api/generated";
import classes from "./preview.module.css";

/** Columns that mean something, and the word that says what. */
export interface Marked {
  columns: readonly string[];
  word: string;
}

interface PreviewProps {
  preview: FilePreview;
  marked: Marked;
  onChoose: (column: string) => void;
}

/** The first rows, with a radio button in each column's header. */
export function Preview({ preview: { columns, first_rows, text_column }, marked, onChoose }: PreviewProps) {
  const chosen = (name: string | undefined) => (name !== undefined && name === text_column) || undefined;
  return (
    <div className={classes.scroll} role="region" aria-label="First rows of the file" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col" data-chosen={chosen(name)}>
                <label>
                  <input
                    type="radio"
                    name="column"
                    checked={name === text_column}
                    onChange={() => onChoose(name)}
                  />
                  {name}
                </label>
                {marked.columns.includes(name) ? <span className={classes.mark}>{marked.word}</span> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first_rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={columns[i]} dir="auto" data-chosen={chosen(columns[i])}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
