import type { Classifier } from "../../api/generated";
import { ExamplesStep } from "./examples-step";
import { LabelsStep } from "./labels-step";
import { LiveResult } from "./live-result";
import { PublishStep } from "./publish-step";
import { ReviewStep } from "./review-step";
import classes from "./teach-view.module.css";
import type { Refit } from "./use-refit";

interface TeachViewProps {
  classifier: Classifier;
  refit: Refit;
}

/** Labels, examples and the live result on one screen, then what to look at, and publishing. */
export function TeachView({ classifier, refit }: TeachViewProps) {
  return (
    <div className={classes.steps}>
      <div className={classes.input}>
        <LabelsStep classifier={classifier} />
        <ExamplesStep classifier={classifier} onChanged={refit.changed} />
      </div>
      <div className={classes.output}>
        <LiveResult classifier={classifier} refit={refit} />
      </div>
      {classifier.newest ? (
        <div className={classes.wide}>
          <ReviewStep classifier={classifier} newest={classifier.newest} onChanged={refit.changed} />
          <PublishStep classifier={classifier} newest={classifier.newest} pending={refit.pending} />
        </div>
      ) : null}
    </div>
  );
}
