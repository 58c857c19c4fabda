import { Button } from "@mantine/core";
import { useState } from "react";

import type { ModelList } from "../../api/generated";
import { ModelChoice } from "../../components/model-choice";
import { Notice } from "../../components/notice";
import shared from "../../components/shared.module.css";
import { counted, fileSize } from "../../lib/format";
import classes from "./column-step.module.css";
import { isLarge, JobOffer } from "./job-offer";
import { Preview } from "./preview";
import { session, type Choosing } from "./session";

interface ColumnStepProps {
  stage: Choosing;
  models: ModelList | undefined;
}

/** Shows the file's first rows and asks which column has the texts. */
export function ColumnStep({ stage, models }: ColumnStepProps) {
  const { raw, table, column } = stage;
  const [name, setName] = useState<string>();
  const model = models?.models.find((candidate) =>
    name === undefined ? candidate.default : candidate.name === name,
  );
  const rows = table.rows.length;
  return (
    <section className={`${shared.card} ${shared.raised}`} aria-labelledby="column-step">
      <FileHeader stage={stage} />
      {raw.warnings.length > 0 ? (
        <ul className={classes.cautions} aria-label="Warnings about this file">
          {raw.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
      <Preview table={table} column={column} onChoose={session.setColumn} />
      {rows === 0 ? (
        <div className={classes.empty}>
          <Notice
            title="This file has column names but no data"
            detail={`Its only row was read as column names: ${table.columns.map((name) => `“${name}”`).join(", ")}. If that row is a text, clear “The first row contains column names”. Otherwise, choose another file.`}
          />
        </div>
      ) : null}
      <footer className={classes.foot}>
        <Button
          size="md"
          disabled={rows === 0 || !models || !model}
          onClick={() => models && model && session.start(model, models.limits)}
        >
          Score {counted(rows, "text")}
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
    </section>
  );
}

/** The file's name and size, and whether its first row contains column names. */
function FileHeader({ stage: { file, raw, table, hasHeader } }: { stage: Choosing }) {
  return (
    <header className={classes.head}>
      <div>
        <h2 id="column-step" className={shared.title}>
          Which column contains the texts?
        </h2>
        <p>
          <strong>{file.name}</strong>, {fileSize(file.size)}: {counted(table.rows.length, "row")},{" "}
          {counted(table.columns.length, "column")}
        </p>
      </div>
      {raw.columns === undefined ? (
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={hasHeader}
            onChange={(event) => session.setHeader(event.currentTarget.checked)}
          />
          The first row contains column names
        </label>
      ) : null}
    </header>
  );
}
