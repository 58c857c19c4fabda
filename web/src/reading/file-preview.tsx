import type { ReactNode } from "react";

import { Check } from "../components/check";
import { Choice } from "../components/choice";
import shared from "../components/shared.module.css";
import { counted, fileSize } from "../lib/format";
import * as choosing from "./choosing";
import type { Choosing } from "./choosing";
import { FileNotes } from "./file-notes";
import classes from "./file-preview.module.css";
import type { FileReading } from "./file-reading";
import { Preview, type Marked } from "./preview";
import { UnderstoodBar } from "./understood-bar";

interface FilePreviewProps {
  /** The heading's ID, so that the section around can be labelled by it. */
  id: string;
  title: string;
  stage: Choosing;
  file: FileReading;
  /** Columns to mark in place of those with labels, which are then of no interest. */
  marked?: Marked;
  /** More choices, after those of the file. */
  children?: ReactNode;
}

/** What was understood of a file and its first rows; each guess can be changed. */
export function FilePreview({ id, title, stage, file, marked, children }: FilePreviewProps) {
  const { preview } = stage;
  const hasLabels = marked === undefined;
  const rows = preview.complete ? counted(preview.rows, "row") : `more than ${counted(preview.rows, "row")}`;
  return (
    <>
      <header className={classes.head}>
        <h2 id={id} className={shared.title}>
          {title}
        </h2>
        <p>
          <strong>{stage.file.name}</strong>, {fileSize(stage.file.size)}: {rows},{" "}
          {counted(preview.columns.length, "column")}
        </p>
        <UnderstoodBar understood={preview.read_as} onReread={(change) => void file.reread(change)}>
          {hasLabels && preview.columns.length > 1 ? <LabelChoice stage={stage} file={file} /> : null}
          <Choices stage={stage} file={file} />
          {children}
        </UnderstoodBar>
      </header>
      <Preview
        preview={preview}
        marked={marked ?? { columns: preview.label_columns, word: "label" }}
        onChoose={(name) => void file.reread({ text_column: name })}
      />
      <FileNotes stage={stage} file={file} hasLabels={hasLabels} />
    </>
  );
}

interface StageProps {
  stage: Choosing;
  file: FileReading;
}

/** What of the rows is read. */
function Choices({ stage: { preview, options }, file }: StageProps) {
  return (
    <>
      {choosing.mayHaveHeader(preview) ? (
        <Check
          label="The first row contains column names"
          checked={options.no_header !== true}
          onChange={(checked) => void file.reread(choosing.headerChange(preview, checked))}
        />
      ) : null}
      <Check
        label="Leave out quotes, code and signatures"
        checked={options.clean === "forum"}
        onChange={(checked) => void file.reread({ clean: checked ? "forum" : "none" })}
      />
      {options.missing === undefined ? null : (
        <Check
          label={`Leave out ${options.missing}`}
          checked
          onChange={() => void file.reread({ missing: undefined })}
        />
      )}
      {options.bad_rows === "skip" ? (
        <Check label="Skip bad rows" checked onChange={() => void file.reread({ bad_rows: undefined })} />
      ) : null}
    </>
  );
}

/** Which column has labels. Several columns of yes and no are one choice. */
function LabelChoice({ stage: { preview }, file }: StageProps) {
  const { columns, text_column, label_columns } = preview;
  const own = choosing.listed(label_columns);
  const single = columns
    .filter((name) => name !== text_column)
    .map((name) => ({ value: choosing.listed([name]), name }));
  const others =
    label_columns.length === 1
      ? []
      : [{ value: own, name: label_columns.length === 0 ? "none" : counted(label_columns.length, "column") }];
  return (
    <Choice
      label="Labels"
      value={own}
      options={[...others, ...single]}
      onChoose={(chosen) => void file.reread({ label_column: chosen, label_separator: undefined })}
    />
  );
}
