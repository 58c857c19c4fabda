import { SlowNotice } from "../../components/slow-notice";
import classes from "./decide-view.module.css";
import { ProblemNotice } from "./problem-notice";
import type { Refusals } from "./use-refusals";
import type { Work } from "./use-work-list";

/** What went wrong with the list. */
export function ListProblem({ work }: { work: Work }) {
  return (
    <>
      <SlowNotice waiting={work.pending && !work.error} />
      {work.error ? (
        <ProblemNotice problem={work.error} action={{ label: "Try again", run: work.retry }} />
      ) : null}
    </>
  );
}

/** What went wrong with a decision, or that somebody else was faster. */
export function Refused({ refusals: { lost, failure, setFailure } }: { refusals: Refusals }) {
  return (
    <>
      {failure ? (
        <ProblemNotice
          problem={failure}
          what="Not saved: "
          more=" The comment is in the list again."
          action={{ label: "Dismiss", run: () => setFailure(undefined) }}
        />
      ) : null}
      <p role="status" className={classes.lost}>
        {lost
          ? `Your decision about the comment by ${lost.item.author ?? "an unknown author"} wasn’t saved. ${lost.why.detail}`
          : ""}
      </p>
    </>
  );
}
