import { Notice } from "../../components/notice";
import { SlowNotice } from "../../components/slow-notice";
import classes from "./decide-view.module.css";
import type { Decisions } from "./use-decisions";
import type { Work } from "./use-work-list";

interface ProblemsProps {
  work: Work;
  decisions: Decisions;
}

/** What went wrong: with the list, with a decision, or because somebody else was faster. */
export function Problems({ work, decisions: { failure, lost, dismiss } }: ProblemsProps) {
  return (
    <>
      <SlowNotice waiting={work.pending && !work.error} />
      {work.error ? (
        <Notice
          title={work.error.title}
          detail={work.error.detail}
          action={{ label: "Try again", run: work.retry }}
        />
      ) : null}
      {failure ? (
        <Notice
          title={`Not saved: ${failure.title}`}
          detail={`${failure.detail} The comment is in the list again.`}
          action={{ label: "Dismiss", run: dismiss }}
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
