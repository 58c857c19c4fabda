import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { Item, Rules } from "../../api/generated";
import { threadQuery, type Community } from "../../api/moderation";
import { CopyButton } from "../../components/copy-button";
import shared from "../../components/shared.module.css";
import { counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import { defaultWindow, movingAverage, turnOf } from "./discussion/timeline";
import { Timeline } from "./discussion/timeline-chart";
import type { Track } from "./discussion/track";
import { TurningPoint } from "./discussion/turning-point";
import { ProblemNotice } from "./problem-notice";
import { threadCsv, threadJsonLines } from "./thread-export";
import classes from "./thread-timeline.module.css";

interface ThreadTimelineProps {
  community: Community;
  thread: string;
  rules: Rules;
  /** Number of the comment that is shown. */
  current: number | undefined;
  onOpen: (item: Item) => void;
}

/** The timeline of a discussion in the queue: of its comments in all states, each with its score. */
export function ThreadTimeline({ community, thread, rules, current, onOpen }: ThreadTimelineProps) {
  const { data: items, error, refetch } = useQuery(threadQuery(community, thread));
  if (error) {
    const retry = { label: "Try again", run: () => void refetch() };
    return <ProblemNotice problem={asApiError(error)} action={retry} />;
  }
  if (!items || items.length === 0) return null;
  const comments = items.map(({ author }) => ({ author: author ?? undefined }));
  const values = items.map(({ score }) => (score === null ? undefined : 1 - score));
  const isScored = values.some((value) => value !== undefined);
  const drawn = { comments, turn: turnOf(values), track: trackOf(rules) };
  const open = (place: number) => {
    const item = items[place];
    if (item) onOpen(item);
  };
  return (
    <section className={classes.timeline} aria-labelledby="thread-timeline">
      <div className={classes.head}>
        <h2 id="thread-timeline" className={shared.title}>
          Discussion: {counted(items.length, "comment")}
        </h2>
        {isScored ? (
          <TurningPoint {...drawn} onOpen={open} />
        ) : (
          <p>There is no timeline yet, because none of its comments has a score.</p>
        )}
      </div>
      {isScored ? (
        <Timeline
          {...drawn}
          values={values}
          average={movingAverage(values, defaultWindow(items.length))}
          sureFrom={undefined}
          current={Math.max(
            0,
            items.findIndex(({ number }) => number === current),
          )}
          onCurrent={open}
        />
      ) : null}
      <Downloads items={items} />
    </section>
  );
}

function Downloads({ items }: { items: readonly Item[] }) {
  return (
    <div className={classes.row}>
      <CopyButton value={window.location.href} label="Copy a link" />
      <Button
        size="xs"
        variant="default"
        onClick={() => saveFile("discussion.csv", threadCsv(items), "text/csv;charset=utf-8")}
      >
        Download CSV
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => saveFile("discussion.jsonl", threadJsonLines(items), "application/jsonl")}
      >
        Download JSON Lines
      </Button>
    </div>
  );
}

/** Up is what needs nobody, as in the timeline of a pasted discussion. */
const trackOf = ({ approve_label: approve }: Rules): Track => ({
  ends: { left: "needs action", right: approve ?? "needs no action" },
  label: "likely to need no action",
  isPair: true,
});
