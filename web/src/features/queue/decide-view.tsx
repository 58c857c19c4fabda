import { useDebouncedValue, useInterval } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Classifier, Item, Summary } from "../../api/generated";
import { itemQuery, type Community } from "../../api/moderation";
import { QuietButton } from "../../components/quiet-button";
import { counted } from "../../lib/format";
import type { Change, Values } from "../../lib/fragment-state";
import { DecideBar } from "./decide-bar";
import classes from "./decide-view.module.css";
import { Filters } from "./filters";
import { ItemList } from "./item-list";
import { ItemView } from "./item-view";
import { KeyHelp } from "./key-help";
import { keysOfLabels, type Action } from "./keys";
import { LastDecision } from "./last-decision";
import { ListProblem } from "./problems";
import { ThreadTimeline } from "./thread-timeline";
import { useDecisionInput } from "./use-decision-input";
import { useDecisions, type Decisions } from "./use-decisions";
import { useQueueKeys } from "./use-queue-keys";
import type { Refusals } from "./use-refusals";
import { useWorkList, type Work } from "./use-work-list";
import { isFiltered, itemIn, NO_FILTERS, orderOf, wantedOf } from "./wanted";
import { moved } from "./work-list";

const MINUTE_MS = 60_000;
const TYPING_MS = 300;
/** Before the next comment's thread is asked for: who presses keys quickly doesn't read it. */
const READING_MS = 400;

export interface DecideViewProps {
  community: Community;
  summary: Summary;
  classifier: Classifier | undefined;
  /** Of the community’s classifier. */
  labels: readonly string[];
  severalLabels: boolean;
  refusals: Refusals;
  values: Values;
  onChange: (change: Change) => void;
  /** As `onChange`, but Back takes the change back. */
  onNarrow: (change: Change) => void;
}

/** The list beside the comment in its thread. Every decision is one key. */
export function DecideView(props: DecideViewProps) {
  const { community, summary, labels, severalLabels, values, onChange } = props;
  const [search] = useDebouncedValue(values["search"] ?? "", TYPING_MS);
  const wanted = wantedOf({ ...values, search });
  const work = useWorkList(community, wanted, itemIn(values));
  const decisions = useDecisions(community, work, props.refusals);
  const { approve_label: approve, remove_label: remove } = summary.rules;
  const others = labels.filter((label) => label !== approve && label !== remove);
  const labelKeys = keysOfLabels(others);
  const input = useDecisionInput(work.current?.number, severalLabels, decisions);
  const [help, setHelp] = useState(false);
  const now = useNow();
  usePrepared(work.next?.number);
  const act = (action: Action) => {
    if (action.kind === "next") work.change((open, list) => moved(open, list, 1));
    else if (action.kind === "previous") work.change((open, list) => moved(open, list, -1));
    else if (action.kind === "undo") decisions.undo();
    else if (action.kind === "help") setHelp(!help);
    else input.act(action);
  };
  const [region, onKeyDown] = useQueueKeys(labelKeys, act);
  const none = noneWords(work, isFiltered(values));
  return (
    <div
      ref={region}
      role="group"
      aria-label="Comments"
      tabIndex={-1}
      className={classes.region}
      onKeyDown={onKeyDown}
    >
      <Filters values={values} labels={labels} onChange={onChange} />
      <Thread {...props} thread={wanted.thread} work={work} />
      <ListProblem work={work} />
      <div className={classes.pair}>
        <List {...{ work, decisions, none, now, values, onChange }} />
        <div className={classes.side}>
          {work.current && work.isOurs ? (
            <>
              <ItemView {...props} key={work.current.number} item={work.current} now={now} />
              <DecideBar
                item={work.current}
                labels={others}
                labelKeys={labelKeys}
                input={input}
                onAct={act}
              />
            </>
          ) : (
            <p className={classes.none}>{none}</p>
          )}
          <LastDecision decisions={decisions} onHelp={() => setHelp(!help)} helpOpen={help} />
          {help ? <KeyHelp labelKeys={labelKeys} onClose={() => setHelp(false)} /> : null}
        </div>
      </div>
    </div>
  );
}

type ThreadProps = Pick<DecideViewProps, "community" | "summary" | "onChange"> & {
  /** Undefined if the list isn't one discussion. */
  thread: string | undefined;
  work: Work;
};

/** The timeline of the discussion. A comment that the filters leave out is shown without them. */
function Thread({ community, summary, onChange, thread, work }: ThreadProps) {
  if (thread === undefined) return null;
  const open = ({ number }: Item) => {
    const isListed = work.open.some((item) => item.number === number);
    onChange({ ...(isListed ? {} : { ...NO_FILTERS, thread, state: "all" }), item: `${number}` });
    work.change((_open, list) => ({ ...list, current: number }));
  };
  return (
    <ThreadTimeline
      community={community}
      thread={thread}
      rules={summary.rules}
      current={work.current?.number}
      onOpen={open}
    />
  );
}

interface ListProps extends Pick<DecideViewProps, "values" | "onChange"> {
  work: Work;
  decisions: Decisions;
  none: string;
  now: number;
}

function List({ work, decisions: { unsaved }, none, now, values, onChange }: ListProps) {
  const { arrived } = work;
  return (
    <div className={classes.list}>
      <ItemList
        items={work.open}
        current={work.current?.number}
        elsewhere={work.list.elsewhere}
        now={now}
        none={none}
        order={orderOf(values)}
        onOrder={(order) => onChange({ order: order === "score" ? undefined : order })}
        onOpen={(number) => work.change((_open, list) => ({ ...list, current: number }))}
        onEnd={work.more}
      />
      <p className={classes.below}>
        {arrived > 0 ? `${counted(arrived, "new comment")} came in. ` : ""}
        {unsaved > 0 ? (
          `Saving ${counted(unsaved, "decision")}…`
        ) : (
          <QuietButton onClick={work.refresh}>{arrived > 0 ? "Show" : "Load the list again"}</QuietButton>
        )}
      </p>
    </div>
  );
}

function noneWords({ pending, open, current }: Work, filtered: boolean): string {
  if (current?.state === "scoring") return "This comment is being scored.";
  if (pending || current) return "Loading…";
  if (open.length > 0) return "Other moderators have all the comments that are left.";
  return filtered ? "No comment matches these filters." : "Nothing is waiting.";
}

/** The time, by the minute. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), MINUTE_MS, { autoInvoke: true });
  return now;
}

/** Asks for the next comment's thread ahead. */
function usePrepared(number: number | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (number === undefined) return;
    const timer = setTimeout(() => {
      client.query(itemQuery(number)).catch(() => undefined); // reported when the comment is shown
    }, READING_MS);
    return () => clearTimeout(timer);
  }, [client, number]);
}
