import { Button, VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import type { ModelList } from "../../api/generated";
import { ModelChoice } from "../../components/model-choice";
import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import type { FragmentState } from "../../lib/fragment-state";
import type { Choosing } from "../../reading/choosing";
import { FilePreview } from "../../reading/file-preview";
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
  const { table, column, texts, isRereading } = stage;
  const [name, setName] = useState<string>();
  const model = models?.models.find((candidate) =>
    name === undefined ? candidate.default : candidate.name === name,
  );
  const scoreColumn = scoreColumnOf(address.values, table, column);
  const toScore = texts.filter((text) => text !== "").length;
  const leave = () => {
    address.replace(NOTHING_CHOSEN);
    void session.clear();
  };
  return (
    <section
      className={`${shared.card} ${shared.raised}`}
      aria-labelledby="choose-step"
      aria-busy={isRereading}
    >
      <FilePreview
        id="choose-step"
        title="Which column contains the comments?"
        stage={stage}
        file={session.reading}
        marked={{ columns: scoreColumn === undefined ? [] : [scoreColumn], word: "old score" }}
      >
        <ScoreColumnChoice
          columns={table.columns}
          textColumn={column}
          chosen={scoreColumn}
          onChoose={(chosen) => address.replace({ scores: chosen })}
        />
      </FilePreview>
      {scoreColumn === undefined ? (
        <p role="alert" className={classes.missing}>
          {table.columns.length < 2
            ? "This file has one column only. A comparison needs the comments and their old scores, from 0 to 1."
            : "Choose the column with the old scores, from 0 to 1."}
        </p>
      ) : null}
      <footer className={classes.foot}>
        <Button
          size="md"
          disabled={toScore === 0 || scoreColumn === undefined || !models || !model}
          onClick={() => models && model && void session.start(model, models.limits)}
        >
          Compare {counted(toScore, "comment")}
        </Button>
        <Button size="md" variant="subtle" color="gray" onClick={leave}>
          Other file
        </Button>
        <ModelChoice
          names={models?.models.map((candidate) => candidate.name) ?? []}
          chosen={model?.name}
          onChoose={setName}
        />
      </footer>
      <VisuallyHidden role="status">{isRereading ? "Reading the file again." : ""}</VisuallyHidden>
    </section>
  );
}
