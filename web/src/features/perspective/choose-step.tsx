import { Button, VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import type { ModelList } from "../../api/generated";
import { ModelChoice } from "../../components/model-choice";
import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import type { FragmentState } from "../../lib/fragment-state";
import { isReady, rowsIn, type Choosing } from "../../reading/choosing";
import { FilePreview } from "../../reading/file-preview";
import { ReadingProgress } from "../../reading/reading-progress";
import classes from "./compare.module.css";
import { ScoreColumnChoice } from "./score-column-choice";
import { session } from "./session";
import { NOTHING_CHOSEN, scoreColumnOf } from "./wanted";

interface ChooseStepProps {
  stage: Choosing;
  models: ModelList | undefined;
  address: FragmentState;
}

/** Shows what was understood of the log: which column has the comments, and which the old scores. */
export function ChooseStep({ stage, models, address }: ChooseStepProps) {
  const { preview, isRereading, isReading } = stage;
  const { columns, text_column, first_rows } = preview;
  const [name, setName] = useState<string>();
  const model = models?.models.find((one) => (name === undefined ? one.default : one.name === name));
  const column = columns.indexOf(text_column ?? "");
  const scoreColumn = scoreColumnOf(address.values, { columns, rows: filled(first_rows) }, column);
  const rows = rowsIn(preview);
  const start = () => {
    if (!models || !model || scoreColumn === undefined) return;
    address.replace({ scores: columns[scoreColumn] }); // so that the other rows don't change the guess
    void session.start(model, models.limits);
  };
  return (
    <section
      className={`${shared.card} ${shared.raised}`}
      aria-labelledby="choose-step"
      aria-busy={isRereading || isReading}
    >
      <FilePreview
        id="choose-step"
        title="Which column contains the comments?"
        stage={stage}
        file={session.reading}
        marked={{ columns: scoreColumn === undefined ? [] : [columns[scoreColumn] ?? ""], word: "old score" }}
      >
        <ScoreColumnChoice
          columns={columns}
          textColumn={column}
          chosen={scoreColumn}
          onChoose={(chosen) => address.replace({ scores: chosen })}
        />
      </FilePreview>
      {scoreColumn === undefined ? <NoScores columns={columns.length} /> : null}
      <footer className={classes.foot}>
        <Button
          size="md"
          disabled={!isReady(stage) || scoreColumn === undefined || !models || !model}
          onClick={start}
        >
          Compare {rows === undefined ? "all comments" : counted(rows, "comment")}
        </Button>
        <Button size="md" variant="subtle" color="gray" onClick={() => leave(address)}>
          Other file
        </Button>
        <ModelChoice
          names={models?.models.map((candidate) => candidate.name) ?? []}
          chosen={model?.name}
          onChoose={setName}
        />
      </footer>
      <ReadingProgress reading={isReading || isRereading} onCancel={session.reading.cancel} />
      <VisuallyHidden role="status">{isRereading ? "Reading the file again." : ""}</VisuallyHidden>
    </section>
  );
}

const filled = (rows: readonly (readonly (string | null)[])[]): string[][] =>
  rows.map((row) => row.map((cell) => cell ?? ""));

function leave(address: FragmentState): void {
  address.replace(NOTHING_CHOSEN);
  void session.clear();
}

function NoScores({ columns }: { columns: number }) {
  return (
    <p role="alert" className={classes.missing}>
      {columns < 2
        ? "This file has one column only. A comparison needs the comments and their old scores, from 0 to 1."
        : "Choose the column with the old scores, from 0 to 1."}
    </p>
  );
}
