import { QuietButton } from "../components/quiet-button";
import { count, counted } from "../lib/format";
import { BadRows } from "./bad-rows";
import * as choosing from "./choosing";
import type { Choosing } from "./choosing";
import classes from "./file-notes.module.css";
import type { FileReading } from "./file-reading";

const SHOWN_LABELS = 8;
/** The bar above offers all of them. */
const SHOWN_OFFERS = 3;

interface FileNotesProps {
  stage: Choosing;
  file: FileReading;
  /** Whether the texts are examples to learn from, rather than scored. */
  toTrain?: boolean | undefined;
  /** Whether the labels in the file are of interest. */
  hasLabels: boolean;
}

/** What would be left out and why, what was noticed, and the labels that the file has. */
export function FileNotes({ stage, file, toTrain = false, hasLabels }: FileNotesProps) {
  const { reading, notes, labels, labelSeparator, texts, own } = stage;
  const { bad, table } = reading;
  const { offeredSeparator } = labels;
  const withoutText = texts.filter((text) => text === "").length;
  const shortened = own === undefined ? 0 : own.filter((words, i) => isShorter(words, stage, i)).length;
  return (
    <div className={classes.notes}>
      <ul aria-label="About this file">
        {bad.length > 0 ? (
          <li>
            <BadRows bad={bad} unit={table.unit} summary={`${counted(bad.length, "bad row")} left out`} />
          </li>
        ) : null}
        {withoutText > 0 ? (
          <li>
            {counted(withoutText, "row has", "rows have")} no text and{" "}
            {toTrain
              ? `${withoutText === 1 ? "is" : "are"} left out.`
              : `${withoutText === 1 ? "gets" : "get"} no score.`}
          </li>
        ) : null}
        {shortened > 0 ? (
          <li>
            {counted(shortened, "text is", "texts are")} {toTrain ? "stored" : "scored"} without quotes, code
            and signatures.
          </li>
        ) : null}
        {[...reading.notes, ...notes, ...(hasLabels ? labels.notes : [])].map(({ code, text, offers }) => (
          <li key={code}>
            {text}{" "}
            {offers?.slice(0, SHOWN_OFFERS).map(({ label, options }) => (
              <QuietButton key={label} onClick={() => void file.reread(options)}>
                {label}
              </QuietButton>
            ))}
            {code === "several-labels" && offeredSeparator !== undefined ? (
              <QuietButton onClick={() => file.change(choosing.withLabelSeparator, offeredSeparator)}>
                Split at “{offeredSeparator}”
              </QuietButton>
            ) : null}
          </li>
        ))}
        {labelSeparator !== undefined ? (
          <li>
            Labels are split at “{labelSeparator}”.{" "}
            <QuietButton onClick={() => file.change(choosing.withLabelSeparator, undefined)}>
              Don’t split
            </QuietButton>
          </li>
        ) : null}
        {hasLabels ? <Labels stage={stage} /> : null}
      </ul>
    </div>
  );
}

/** Whether something of a row's text is left out; white space at its ends doesn't count. */
const isShorter = (words: string, { table, column }: Choosing, row: number): boolean =>
  words !== "" && words !== (table.rows[row]?.[column] ?? "").trim();

/** The labels in the file. Scoring neither needs nor sends them. */
function Labels({ stage: { labels, labelColumns, table } }: { stage: Choosing }) {
  if (labelColumns.length === 0 || labels.counts.size === 0) return null;
  const names = labelColumns.map((at) => `“${table.columns[at] ?? ""}”`).join(", ");
  const shown = [...labels.counts].slice(0, SHOWN_LABELS);
  const more = labels.counts.size - shown.length;
  return (
    <li>
      Labels in {names}:{" "}
      {shown.map(([label, rows]) => (
        <span key={label} className={classes.label}>
          {label} <b>{count(rows)}</b>{" "}
        </span>
      ))}
      {more > 0 ? ` and ${counted(more, "other")}` : ""}
      {labels.withoutLabel > 0 ? ` · ${counted(labels.withoutLabel, "row")} without` : ""}
    </li>
  );
}
