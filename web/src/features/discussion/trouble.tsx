import type { UseQueryResult } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { ModelList } from "../../api/generated";
import { Notice } from "../../components/notice";
import { SlowNotice } from "../../components/slow-notice";
import classes from "./trouble.module.css";
import type { Outcomes } from "./use-outcomes";

interface TroubleProps {
  models: UseQueryResult<ModelList>;
  outcomes: Outcomes;
  /** How many there are. */
  comments: number;
}

/** Why there are no scores, and what the page does about it. */
export function Trouble({ models, outcomes: { pause, failure, missing, retry }, comments }: TroubleProps) {
  const passing = pause?.reason ?? (models.failureReason ? asApiError(models.failureReason) : undefined);
  if (failure && comments > 0) {
    return (
      <div className={classes.trouble}>
        <Notice title={failure.title} detail={failure.detail} action={{ label: "Try again", run: retry }} />
      </div>
    );
  }
  if (!passing) return <SlowNotice waiting={comments > 0 && missing === comments} />;
  const byItself = pause !== undefined || models.isFetching;
  return (
    <div className={classes.trouble}>
      <Notice
        title={passing.title}
        detail={passing.detail}
        meanwhile={byItself ? "Your discussion is safe. Resuming automatically…" : undefined}
        action={byItself ? undefined : { label: "Try again", run: () => void models.refetch() }}
      />
    </div>
  );
}
