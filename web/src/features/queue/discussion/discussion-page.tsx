import { Redirect } from "wouter";

import { PageHero } from "../../../components/page-hero";
import { PageTitle } from "../../../components/page-title";
import { useFragmentState } from "../../../lib/fragment-state";
import { paths } from "../../../lib/paths";
import { useSignedInHint } from "../../../lib/signed-in";
import { PastedDiscussion } from "./pasted-discussion";

/** Scores a pasted discussion comment by comment and shows where it turned. For moderators it is a view of the queue. */
export function DiscussionPage() {
  const address = useFragmentState();
  if (useSignedInHint("moderate")) {
    const values = new URLSearchParams({ view: "discussion", ...address.values });
    return <Redirect to={`${paths.queue}#${values.toString()}`} replace />;
  }
  return (
    <>
      <PageTitle>Discussion</PageTitle>
      <PageHero title="Paste a discussion. See where it turned.">
        Each comment is scored on its own, without quotes, code and signatures. The comments are sent to this
        server, which doesn’t store them unless you agree.
      </PageHero>
      <PastedDiscussion address={address} />
    </>
  );
}
