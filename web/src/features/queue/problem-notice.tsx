import { useQueryClient } from "@tanstack/react-query";

import type { ApiError } from "../../api/client";
import { sessionQuery } from "../../api/session";
import { Notice } from "../../components/notice";

interface ProblemNoticeProps {
  problem: ApiError;
  /** Before the title. */
  what?: string;
  /** After the detail. */
  more?: string;
  action?: { label: string; run: () => void } | undefined;
}

/** A request that was refused. Who is no longer signed in can sign in again, and the address keeps the filters. */
export function ProblemNotice({ problem, what = "", more = "", action }: ProblemNoticeProps) {
  const client = useQueryClient();
  if (problem.status !== 401) {
    return <Notice title={`${what}${problem.title}`} detail={`${problem.detail}${more}`} action={action} />;
  }
  return (
    <Notice
      title={`${what}You are signed out`}
      detail={`Your session has ended.${more}`}
      action={{
        label: "Sign in again",
        run: () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
      }}
    />
  );
}
