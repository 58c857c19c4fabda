import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import { sessionQuery, signIn } from "../../api/session";
import { Notice } from "../../components/notice";
import { PageHero } from "../../components/page-hero";
import { PageTitle } from "../../components/page-title";
import shared from "../../components/shared.module.css";
import { useRestoredFocus } from "../../lib/use-restored-focus";
import { HowItWorks } from "./how-it-works";
import { Workplace } from "./workplace";
import { SignIn } from "./sign-in";
import { takeToken } from "./token";

/** People teach their own classifier here: labels, examples, figures, and then it answers. */
export function TrainPage() {
  const token = useToken();
  const session = useQuery({ ...sessionQuery, enabled: token.settled });
  const container = useRestoredFocus<HTMLDivElement>(session.data?.name);
  return (
    <>
      <PageTitle>Train</PageTitle>
      <PageHero title="Teach it your own labels.">
        Name labels, give examples, watch how good it gets, and publish it. It runs on your own server.
      </PageHero>
      {token.error ? <TokenError error={token.error} /> : null}
      {session.failureReason ? (
        <Notice
          title={asApiError(session.failureReason).title}
          detail={asApiError(session.failureReason).detail}
          meanwhile={session.isFetching ? "Retrying automatically…" : undefined}
          action={session.isFetching ? undefined : { label: "Try again", run: () => void session.refetch() }}
        />
      ) : null}
      <div ref={container} tabIndex={-1} role="group" aria-label="Your classifiers" className={shared.place}>
        {session.data ? (
          <Workplace session={session.data} />
        ) : (
          <>
            <HowItWorks />
            {session.data === null ? <SignIn /> : null}
          </>
        )}
      </div>
    </>
  );
}

/** Signs in with the token in the address, if there is one. `settled`: whether that is over. */
function useToken(): { settled: boolean; error: ApiError | undefined } {
  const client = useQueryClient();
  const [state, setState] = useState<{ settled: boolean; error: ApiError | undefined }>({
    settled: false,
    error: undefined,
  });
  useEffect(() => {
    const token = takeToken();
    const signing = token === undefined ? Promise.resolve() : signIn({ token });
    signing
      .then(() => client.invalidateQueries(sessionQuery))
      .then(() => setState({ settled: true, error: undefined }))
      .catch((error: unknown) => setState({ settled: true, error: asApiError(error) }));
  }, [client]);
  return state;
}

function TokenError({ error }: { error: ApiError }) {
  const used = error.status === 401 || error.status === 403;
  return (
    <Notice
      title={used ? "This sign-in link doesn’t work any more" : error.title}
      detail={
        used
          ? "A link works once, and only until the server restarts. Use the newest one in the terminal, or sign in with an API key."
          : error.detail
      }
    />
  );
}
