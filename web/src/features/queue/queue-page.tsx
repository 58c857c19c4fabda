import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import { may, sessionQuery } from "../../api/session";
import { Notice } from "../../components/notice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import shared from "../../components/shared.module.css";
import { useRestoredFocus } from "../../lib/use-restored-focus";
import { SignIn } from "../../signed-in/sign-in";
import { HowItWorks } from "./how-it-works";
import { QueueViews } from "./queue-views";

/** Moderators decide about the comments of their community here. */
export function QueuePage() {
  const session = useQuery(sessionQuery);
  const allowed = session.data && may(session.data, "moderate");
  const container = useRestoredFocus<HTMLDivElement>(allowed);
  const failure = session.failureReason ? asApiError(session.failureReason) : undefined;
  return (
    <>
      <PageTitle>Queue</PageTitle>
      {allowed ? (
        <h1 className={shared.unseen}>Queue</h1>
      ) : (
        <PageHero title="Decide what needs a person.">
          The classifier reads every comment. You see those that it flags or isn’t sure of, and decide with
          one key.
        </PageHero>
      )}
      {failure ? (
        <Notice
          title={failure.title}
          detail={failure.detail}
          meanwhile={session.isFetching ? "Retrying automatically…" : undefined}
          action={session.isFetching ? undefined : { label: "Try again", run: () => void session.refetch() }}
        />
      ) : null}
      <div ref={container} tabIndex={-1} role="group" aria-label="Moderation" className={shared.place}>
        {session.data && allowed ? (
          <QueueViews session={session.data} />
        ) : (
          <>
            <HowItWorks />
            {allowed === false ? (
              <SignIn
                session={session.data}
                scope="moderate"
                more={["items", "classifiers"]}
                purpose="moderate"
              />
            ) : null}
          </>
        )}
      </div>
    </>
  );
}
