import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import { may, sessionQuery } from "../../api/session";
import { Notice } from "../../components/notice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import shared from "../../components/shared.module.css";
import { useRestoredFocus } from "../../lib/use-restored-focus";
import { HowItWorks } from "./how-it-works";
import { Workplace } from "./workplace";
import { SignIn } from "../../signed-in/sign-in";

/** People teach their own classifier here: labels, examples, figures, and then it answers. */
export function TrainPage() {
  const session = useQuery(sessionQuery);
  const allowed = session.data && may(session.data, "classifiers");
  const container = useRestoredFocus<HTMLDivElement>(allowed);
  return (
    <>
      <PageTitle>Train</PageTitle>
      <PageHero title="Teach it your own labels.">
        Name labels, give examples, watch how good it gets, and publish it. It runs on your own server.
      </PageHero>
      {session.failureReason ? (
        <Notice
          title={asApiError(session.failureReason).title}
          detail={asApiError(session.failureReason).detail}
          meanwhile={session.isFetching ? "Retrying automatically…" : undefined}
          action={session.isFetching ? undefined : { label: "Try again", run: () => void session.refetch() }}
        />
      ) : null}
      <div ref={container} tabIndex={-1} role="group" aria-label="Your classifiers" className={shared.place}>
        {session.data && allowed ? (
          <Workplace session={session.data} />
        ) : (
          <>
            <HowItWorks />
            {allowed === false ? (
              <SignIn session={session.data} scope="classifiers" purpose="teach classifiers" />
            ) : null}
          </>
        )}
      </div>
    </>
  );
}
