import type { ReactNode } from "react";

import { Check } from "../components/check";
import { Choice } from "../components/choice";
import { Notice } from "../components/notice";
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
  /** Whether the texts are examples to learn from, rather than scored. */
  toTrain?: boolean;
  /** Columns to mark in place of those with labels, which are then of no interest. */
  marked?: Marked;
  /** More choices, after those of the file. */
  children?: ReactNode;
}

/** What was understood of a file and its first rows; each guess can be changed. */
export function FilePreview({ id, title, stage, file, toTrain, marked, children }: FilePreviewProps) {
  const { table, column, labelColumns, own } = stage;
  return (
    <>
      <FileHeader id={id} title={title} stage={stage} file={file} hasLabels={marked === undefined}>
        {children}
      </FileHeader>
      <Preview
        table={table}
        column={column}
        own={own}
        marked={marked ?? { columns: labelColumns, word: "label" }}
        onChoose={(chosen) => file.change(choosing.withColumn, chosen)}
      />
      {table.rows.length === 0 ? (
        <NoRows columns={table.columns} />
      ) : (
        <FileNotes stage={stage} file={file} toTrain={toTrain} hasLabels={marked === undefined} />
      )}
    </>
  );
}

function NoRows({ columns }: { columns: readonly string[] }) {
  return (
    <div className={classes.empty}>
      <Notice
        title="This file has column names but no data"
        detail={`Its only row was read as column names: ${columns.map((name) => `“${name}”`).join(", ")}. If that row is a text, clear “The first row contains column names”. Otherwise, choose another file.`}
      />
    </div>
  );
}

interface FileHeaderProps extends Pick<FilePreviewProps, "id" | "title" | "stage" | "file" | "children"> {
  hasLabels: boolean;
}

/** The file's name and size, and how it is read. */
function FileHeader({ id, title, stage, file: reading, hasLabels, children }: FileHeaderProps) {
  const { file, table } = stage;
  return (
    <header className={classes.head}>
      <h2 id={id} className={shared.title}>
        {title}
      </h2>
      <p>
        <strong>{file.name}</strong>, {fileSize(file.size)}: {counted(table.rows.length, "row")},{" "}
        {counted(table.columns.length, "column")}
      </p>
      <UnderstoodBar
        understood={stage.reading.understood}
        onReread={(options) => void reading.reread(options)}
      >
        {hasLabels && table.columns.length > 1 ? <LabelChoice stage={stage} file={reading} /> : null}
        <Choices stage={stage} file={reading} />
        {children}
      </UnderstoodBar>
    </header>
  );
}

interface StageProps {
  stage: Choosing;
  file: FileReading;
}

/** What can be changed without reading the file again, and whether bad rows are left out. */
function Choices({ stage, file }: StageProps) {
  const { reading, hasHeader, missing, labels, options, clean } = stage;
  return (
    <>
      {reading.table.columns === undefined ? (
        <Check
          label="The first row contains column names"
          checked={hasHeader}
          onChange={(checked) => file.change(choosing.withHeader, checked)}
        />
      ) : null}
      <Check
        label="Leave out quotes, code and signatures"
        checked={clean === true}
        onChange={(checked) => void file.setClean(checked)}
      />
      {labels.missing.size > 0 ? (
        <Check
          label={`Leave out ${[...labels.missing.keys()].map((word) => `“${word}”`).join(", ")}`}
          checked={missing}
          onChange={(checked) => file.change(choosing.withMissing, checked)}
        />
      ) : null}
      {reading.bad.length > 0 ? (
        <Check
          label={`Skip ${counted(reading.bad.length, "bad row")}`}
          checked={options.skipBadRows === true}
          onChange={(checked) => void file.reread({ skipBadRows: checked })}
        />
      ) : null}
    </>
  );
}

const NONE = "";

/** Which column has labels. Several columns of yes and no are one choice. */
function LabelChoice({ stage: { table, column, labelColumns }, file }: StageProps) {
  const single = table.columns.map((name, at) => ({ value: `${at}`, name })).filter((_, at) => at !== column);
  const value = labelColumns.join(" ");
  const several = labelColumns.length > 1 ? [{ value, name: counted(labelColumns.length, "column") }] : [];
  return (
    <Choice
      label="Labels"
      value={value}
      options={[{ value: NONE, name: "none" }, ...several, ...single]}
      onChoose={(chosen) =>
        file.change(choosing.withLabels, chosen === NONE ? [] : chosen.split(" ").map(Number))
      }
    />
  );
}
