import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { Session, Summary } from "../../api/generated";
import { summaryQuery, type Community } from "../../api/moderation";
import { Choice } from "../../components/choice";
import { Notice } from "../../components/notice";
import { SlowNotice } from "../../components/slow-notice";
import { count } from "../../lib/format";
import { useFragmentState, type FragmentState } from "../../lib/fragment-state";
import { SignedIn } from "../../signed-in/signed-in";
import { DecideView } from "./decide-view";
import classes from "./queue-views.module.css";
import { useCommunity } from "./use-community";
import { FILTERS } from "./wanted";

/** A community’s queue, and what belongs to it. */
export function QueueViews({ session }: { session: Session }) {
  const address = useFragmentState();
  const community: Community = address.values["classifier"];
  const { data: summary, failureReason } = useQuery(summaryQuery(community));
  return (
    <>
      <SlowNotice waiting={!summary && !failureReason} />
      {failureReason ? (
        <Notice
          title={asApiError(failureReason).title}
          detail={asApiError(failureReason).detail}
          action={
            community === undefined
              ? undefined
              : { label: "Another community", run: () => address.replace({ classifier: undefined }) }
          }
        />
      ) : null}
      {summary ? (
        <Views
          key={summary.classifier}
          session={session}
          community={community}
          summary={summary}
          address={address}
        />
      ) : null}
      <SignedIn session={session} />
    </>
  );
}

interface ViewsProps {
  session: Session;
  community: Community;
  summary: Summary;
  address: FragmentState;
}

function Views({ session, community, summary, address: { values, replace, push } }: ViewsProps) {
  const { names, ...known } = useCommunity(summary.classifier, session);
  const view = values["view"] ?? "queue";
  return (
    <>
      <div className={classes.head}>
        <Choice
          label="Community"
          value={summary.classifier}
          options={[...new Set([summary.classifier, ...names])].map((name) => ({ value: name, name }))}
          onChoose={(name) =>
            push({ ...Object.fromEntries(FILTERS.map((filter) => [filter, undefined])), classifier: name })
          }
        />
        <Counters summary={summary} />
      </div>
      <Tabs
        value={view}
        onChange={(chosen) => push({ view: chosen === "queue" || chosen === null ? undefined : chosen })}
        keepMounted={false}
      >
        <Tabs.List aria-label={`Views of ${summary.classifier}`}>
          <Tabs.Tab value="queue">Queue</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="queue" pt="md">
          <DecideView community={community} summary={summary} {...known} values={values} onChange={replace} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** How much is left to do, and what was done today. */
function Counters({ summary }: { summary: Summary }) {
  const { waiting, unsure, copies, scoring, decided_today: done, corrected_today: corrected } = summary;
  return (
    <p className={classes.counters}>
      <span>
        <b>{count(waiting)}</b> waiting
        {copies > 0 ? ` (and ${count(copies)} ${copies === 1 ? "copy" : "copies"})` : ""}
      </span>
      {unsure > 0 ? (
        <span>
          <b>{count(unsure)}</b> unsure
        </span>
      ) : null}
      {scoring > 0 ? (
        <span>
          <b>{count(scoring)}</b> being scored
        </span>
      ) : null}
      <span>
        <b>{count(done)}</b> done today
      </span>
      <span title="Decisions that differ from what the classifier said">
        <b>{count(corrected)}</b> corrected
      </span>
    </p>
  );
}
