import type { UseQueryResult } from "@tanstack/react-query";

import { asApiError } from "../../../api/client";
import type { DiscussionResponse, ModelList } from "../../../api/generated";
import { Notice } from "../../../components/notice";
import { SlowNotice } from "../../../components/slow-notice";
import classes from "./scoring-errors.module.css";
import type { Outcomes } from "./use-outcomes";

interface ScoringErrorsProps {
  models: UseQueryResult<ModelList>;
  reading: UseQueryResult<DiscussionResponse>;
  outcomes: Outcomes;
  /** The number of comments. */
  comments: number;
}

/** Says why scores are missing, and whether the page retries. */
export function ScoringErrors({
  models,
  reading,
  outcomes: { pause, failure, missing, retry },
  comments,
}: ScoringErrorsProps) {
  const asked = [models, reading].find((query) => query.failureReason !== null) ?? models;
  const temporary = pause?.reason ?? (asked.failureReason ? asApiError(asked.failureReason) : undefined);
  if (failure && comments > 0) {
    return (
      <div className={classes.trouble}>
        <Notice title={failure.title} detail={failure.detail} action={{ label: "Try again", run: retry }} />
      </div>
    );
  }
  if (!temporary) return <SlowNotice waiting={comments > 0 && missing === comments} />;
  const resumes = pause !== undefined || asked.isFetching;
  return (
    <div className={classes.trouble}>
      <Notice
        title={temporary.title}
        detail={temporary.detail}
        meanwhile={resumes ? "Your discussion is safe. Resuming automatically…" : undefined}
        action={resumes ? undefined : { label: "Try again", run: () => void asked.refetch() }}
      />
    </div>
  );
}
