import { Button, VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import type { ModelList } from "../../api/generated";
import { ModelChoice } from "../../components/model-choice";
import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import { isReady, rowsIn } from "../../reading/choosing";
import type { Choosing } from "../../reading/choosing";
import { FilePreview } from "../../reading/file-preview";
import { ReadingProgress } from "../../reading/reading-progress";
import classes from "./column-step.module.css";
import { isLarge, JobOffer } from "./job-offer";
import { session } from "./session";

interface ColumnStepProps {
  stage: Choosing;
  models: ModelList | undefined;
}

/** Shows what was understood of the file and its first rows, and asks which column has the texts. */
export function ColumnStep({ stage, models }: ColumnStepProps) {
  const { isRereading, isReading } = stage;
  const [name, setName] = useState<string>();
  const model = models?.models.find((candidate) =>
    name === undefined ? candidate.default : candidate.name === name,
  );
  const rows = rowsIn(stage.preview);
  return (
    <section
      className={`${shared.card} ${shared.raised}`}
      aria-labelledby="column-step"
      aria-busy={isRereading || isReading}
    >
      <FilePreview
        id="column-step"
        title="Which column contains the texts?"
        stage={stage}
        file={session.reading}
      />
      <footer className={classes.foot}>
        <Button
          size="md"
          disabled={!isReady(stage) || !models || !model}
          onClick={() => models && model && void session.start(model, models.limits)}
        >
          Score {rows === undefined ? "all rows" : counted(rows, "row")}
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
      <ReadingProgress reading={isReading || isRereading} onCancel={session.reading.cancel} />
      {isLarge(stage) ? <JobOffer stage={stage} model={model} /> : null}
      <VisuallyHidden role="status">{isRereading ? "Reading the file again." : ""}</VisuallyHidden>
    </section>
  );
}
