import { Notice } from "../components/notice";
import { QuietButton } from "../components/quiet-button";
import { count, counted } from "../lib/format";
import type { Offer } from "../api/generated";
import { oneClickFor, problemsOf, type Choosing } from "./choosing";
import classes from "./file-notes.module.css";
import type { FileReading } from "./file-reading";

const SHOWN_LABELS = 8;

interface FileNotesProps {
  stage: Choosing;
  file: FileReading;
  /** Whether the labels in the file are of interest. */
  hasLabels: boolean;
}

/** Why the file can't be read as it is, what was noticed, what would be left out, and the labels that it has. */
export function FileNotes({ stage, file, hasLabels }: FileNotesProps) {
  const { preview, options, problem } = stage;
  const all = problemsOf(preview).map(({ message, hint, offers }) => ({
    words: `${message} ${hint}`,
    offers,
  }));
  return (
    <div className={classes.notes}>
      {[...all, ...(problem ? [{ words: problem.detail, offers: problem.offers }] : [])].map(
        ({ words, offers }) => (
          <div key={words} className={classes.problem}>
            <Notice
              title={words.replace(/^The file, /, "")}
              detail={preview.text_column === null ? "Choose the column that contains the texts." : ""}
            />
            <Offers offers={offers} file={file} />
          </div>
        ),
      )}
      <ul aria-label="About this file">
        {preview.left_out.map(({ rows, why }) => (
          <li key={why}>
            Rows that {why}: {count(rows)}
          </li>
        ))}
        {preview.notes.map(({ message, hint, offers }) => (
          <li key={message}>
            {message} {hint} <Offers offers={offers} file={file} />
          </li>
        ))}
        {options.label_separator !== undefined ? (
          <li>
            Labels are split at “{options.label_separator}”.{" "}
            <QuietButton onClick={() => void file.reread({ label_separator: undefined })}>
              Don’t split
            </QuietButton>
          </li>
        ) : null}
        {hasLabels ? <Labels stage={stage} /> : null}
      </ul>
    </div>
  );
}

function Offers({ offers, file }: { offers: readonly Offer[]; file: FileReading }) {
  return oneClickFor(offers).map(({ label, change }) => (
    <QuietButton key={label} onClick={() => void file.reread(change)}>
      {label}
    </QuietButton>
  ));
}

/** The labels in the file. Scoring doesn't need them. */
function Labels({ stage: { preview } }: { stage: Choosing }) {
  const { labels, label_columns, complete, rows } = preview;
  if (labels.length === 0) return null;
  const more = labels.length - SHOWN_LABELS;
  return (
    <li>
      Labels in {label_columns.map((name) => `“${name}”`).join(", ")}
      {complete ? "" : `, in the first ${counted(rows, "row")}`}:{" "}
      {labels.slice(0, SHOWN_LABELS).map(({ label, rows: having }) => (
        <span key={label} className={classes.label}>
          {label} <b>{count(having)}</b>{" "}
        </span>
      ))}
      {more > 0 ? ` and ${counted(more, "other")}` : ""}
    </li>
  );
}
