import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { Session, Summary } from "../../api/generated";
import { may } from "../../api/session";
import { summaryQuery, type Community } from "../../api/moderation";
import { Choice } from "../../components/choice";
import { SlowNotice } from "../../components/slow-notice";
import { count } from "../../lib/format";
import { useFragmentState, type FragmentState } from "../../lib/fragment-state";
import { SignedIn } from "../../signed-in/signed-in";
import { BringInView } from "./bring-in-view";
import { DecideView } from "./decide-view";
import { DiscussionView } from "./discussion-view";
import { LogView } from "./log-view";
import classes from "./queue-views.module.css";
import { Refused } from "./problems";
import { ProblemNotice } from "./problem-notice";
import { RefitBar } from "./refit-bar";
import { ReportView } from "./report-view";
import { SettingsView } from "./settings-view";
import { ThresholdsView } from "./thresholds-view";
import { useCommunity, type CommunityInfo } from "./use-community";
import { useRefusals, type Refusals } from "./use-refusals";
import { NO_FILTERS } from "./wanted";

const VIEW_NAMES = {
  queue: "Queue",
  discussion: "Discussion",
  "bring-in": "Bring in",
  thresholds: "Thresholds",
  log: "Log",
  report: "Report",
  settings: "Settings",
} as const;
type View = keyof typeof VIEW_NAMES;
const VIEWS = Object.keys(VIEW_NAMES) as View[];

/** A community’s queue, and what belongs to it. */
export function QueueViews({ session }: { session: Session }) {
  const address = useFragmentState();
  const community: Community = address.values["classifier"];
  const { data: summary, failureReason } = useQuery(summaryQuery(community));
  return (
    <>
      <SlowNotice waiting={!summary && !failureReason} />
      {failureReason ? (
        <ProblemNotice
          problem={asApiError(failureReason)}
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

function Views({ session, community, summary, address }: ViewsProps) {
  const { values, push } = address;
  const { classifier: name } = summary;
  const { names, ...known } = useCommunity(name, session);
  const refusals = useRefusals();
  const teaches = may(session, "classifiers");
  const views = VIEWS.filter((each) => teaches || each !== "settings");
  const view = views.find((each) => each === values["view"]) ?? "queue";
  return (
    <>
      <Head summary={summary} names={names} push={push} />
      <Tabs
        value={view}
        onChange={(chosen) => push({ view: chosen === "queue" || chosen === null ? undefined : chosen })}
        keepMounted={false}
      >
        <Tabs.List aria-label={`Views of ${name}`}>
          {views.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {VIEW_NAMES[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Refused refusals={refusals} />
        <Panels {...{ session, community, summary, address, known, refusals }} />
      </Tabs>
    </>
  );
}

interface PanelsProps extends ViewsProps {
  known: Omit<CommunityInfo, "names">;
  refusals: Refusals;
}

function Panels({ session, community, summary, address, known, refusals }: PanelsProps) {
  const { values, replace, push } = address;
  const { classifier: name } = summary;
  const { classifier } = known;
  const teaches = may(session, "classifiers");
  return (
    <>
      <Tabs.Panel value="queue" pt="md">
        <DecideView
          community={community}
          summary={summary}
          {...known}
          refusals={refusals}
          values={values}
          onChange={replace}
          onNarrow={push}
        />
        {classifier && teaches ? <RefitBar classifier={classifier} summary={summary} /> : null}
      </Tabs.Panel>
      <Tabs.Panel value="discussion" pt="md">
        <DiscussionView
          community={community}
          name={name}
          allowed={may(session, "items")}
          address={address}
          onThread={(thread) => push({ ...NO_FILTERS, view: undefined, thread, order: "oldest" })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="bring-in" pt="md">
        <BringInView
          community={community}
          name={name}
          allowed={may(session, "items")}
          onDiscussion={() => push({ view: "discussion" })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="thresholds" pt="md">
        <ThresholdsView community={community} mayApply={teaches} />
      </Tabs.Panel>
      <Tabs.Panel value="log" pt="md">
        <LogView community={community} name={name} />
      </Tabs.Panel>
      <Tabs.Panel value="report" pt="md">
        <ReportView community={community} />
      </Tabs.Panel>
      <Tabs.Panel value="settings" pt="md">
        <SettingsView
          community={community}
          rules={summary.rules}
          labels={known.labels}
          canLearn={classifier !== undefined}
        />
      </Tabs.Panel>
    </>
  );
}

interface HeadProps {
  summary: Summary;
  names: readonly string[];
  push: FragmentState["push"];
}

/** Which community, and its counters. Another one is shown without filters. */
function Head({ summary, names, push }: HeadProps) {
  const { classifier: name } = summary;
  return (
    <div className={classes.head}>
      <Choice
        label="Community"
        value={name}
        options={[...new Set([name, ...names])].map((each) => ({ value: each, name: each }))}
        onChoose={(chosen) => push({ ...NO_FILTERS, classifier: chosen })}
      />
      <Counters summary={summary} />
    </div>
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
