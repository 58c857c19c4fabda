import { Button, VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import type { ModelList } from "../../api/generated";
import { Choice } from "../../components/choice";
import { ModelChoice } from "../../components/model-choice";
import { Notice } from "../../components/notice";
import shared from "../../components/shared.module.css";
import { counted, fileSize } from "../../lib/format";
import * as choosing from "./choosing";
import type { Choosing } from "./choosing";
import classes from "./column-step.module.css";
import { FileNotes } from "./file-notes";
import { isLarge, JobOffer } from "./job-offer";
import { Preview } from "./preview";
import { session } from "./session";
import { Check, UnderstoodBar } from "./understood-bar";

interface ColumnStepProps {
  stage: Choosing;
  models: ModelList | undefined;
}

/** Shows what was understood of the file and its first rows, and asks which column has the texts. */
export function ColumnStep({ stage, models }: ColumnStepProps) {
  const { table, column, labelColumns, texts, own, isRereading } = stage;
  const [name, setName] = useState<string>();
  const model = models?.models.find((candidate) =>
    name === undefined ? candidate.default : candidate.name === name,
  );
  const rows = table.rows.length;
  const toScore = texts.filter((text) => text !== "").length;
  return (
    <section
      className={`${shared.card} ${shared.raised}`}
      aria-labelledby="column-step"
      aria-busy={isRereading}
    >
      <FileHeader stage={stage} />
      <Preview
        table={table}
        column={column}
        own={own}
        labelColumns={labelColumns}
        onChoose={(chosen) => session.change(choosing.withColumn, chosen)}
      />
      {rows === 0 ? <NoRows columns={table.columns} /> : <FileNotes stage={stage} />}
      <footer className={classes.foot}>
        <Button
          size="md"
          disabled={toScore === 0 || !models || !model}
          onClick={() => models && model && void session.start(model, models.limits)}
        >
          Score {counted(toScore, "text")}
        </Button>
        <Button size="md" variant="subtle" color="gray" onClick={() => void session.clear()}>
          New file
        </Button>
        <ModelChoice
          names={models?.models.map((candidate) => candidate.name) ?? []}
          chosen={model?.name}
          onChoose={setName}
        />
      </footer>
      {isLarge(stage) && rows > 0 ? <JobOffer stage={stage} model={model} /> : null}
      <VisuallyHidden role="status">{isRereading ? "Reading the file again." : ""}</VisuallyHidden>
    </section>
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

/** The file's name and size, and how it is read. */
function FileHeader({ stage }: { stage: Choosing }) {
  const { file, table } = stage;
  return (
    <header className={classes.head}>
      <h2 id="column-step" className={shared.title}>
        Which column contains the texts?
      </h2>
      <p>
        <strong>{file.name}</strong>, {fileSize(file.size)}: {counted(table.rows.length, "row")},{" "}
        {counted(table.columns.length, "column")}
      </p>
      <UnderstoodBar understood={stage.reading.understood}>
        <Choices stage={stage} />
      </UnderstoodBar>
    </header>
  );
}

/** What can be changed without reading the file again, and whether bad rows are left out. */
function Choices({ stage }: { stage: Choosing }) {
  const { reading, hasHeader, missing, labels, options, clean } = stage;
  return (
    <>
      {stage.table.columns.length > 1 ? <LabelChoice stage={stage} /> : null}
      {reading.table.columns === undefined ? (
        <Check
          label="The first row contains column names"
          checked={hasHeader}
          onChange={(checked) => session.change(choosing.withHeader, checked)}
        />
      ) : null}
      <Check
        label="Leave out quotes, code and signatures"
        checked={clean === true}
        onChange={(checked) => void session.setClean(checked)}
      />
      {labels.missing.size > 0 ? (
        <Check
          label={`Leave out ${[...labels.missing.keys()].map((word) => `“${word}”`).join(", ")}`}
          checked={missing}
          onChange={(checked) => session.change(choosing.withMissing, checked)}
        />
      ) : null}
      {reading.bad.length > 0 ? (
        <Check
          label={`Skip ${counted(reading.bad.length, "bad row")}`}
          checked={options.skipBadRows === true}
          onChange={(checked) => void session.reread({ skipBadRows: checked })}
        />
      ) : null}
    </>
  );
}

const NONE = "";

/** Which column has labels. Several columns of yes and no are one choice. */
function LabelChoice({ stage: { table, column, labelColumns } }: { stage: Choosing }) {
  const single = table.columns.map((name, at) => ({ value: `${at}`, name })).filter((_, at) => at !== column);
  const value = labelColumns.join(" ");
  const several = labelColumns.length > 1 ? [{ value, name: counted(labelColumns.length, "column") }] : [];
  return (
    <Choice
      label="Labels"
      value={value}
      options={[{ value: NONE, name: "none" }, ...several, ...single]}
      onChoose={(chosen) =>
        session.change(choosing.withLabels, chosen === NONE ? [] : chosen.split(" ").map(Number))
      }
    />
  );
}
