import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { Agreement, Week } from "../../api/generated";
import { reportQuery, type Community } from "../../api/moderation";
import { Notice } from "../../components/notice";
import { SlowNotice } from "../../components/slow-notice";
import { count, fixedPercent, longDuration, percentRange } from "../../lib/format";
import { driftWords } from "./drift";
import classes from "./report-view.module.css";
import { useUnsaved } from "./use-decisions";

const WEEKS = 8;

/** The queue by week: what came and went, and whether classifier and moderators still agree. */
export function ReportView({ community }: { community: Community }) {
  const unsaved = useUnsaved();
  const { data, failureReason, isPending } = useQuery({
    ...reportQuery(community, WEEKS),
    enabled: unsaved === 0, // or it wouldn't count what was just decided
  });
  return (
    <>
      <SlowNotice waiting={isPending && !failureReason} />
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {data ? (
        <>
          <p role="status" className={classes.verdict}>
            {driftWords(data.weeks)}
          </p>
          <div className={classes.scroll} role="region" aria-label="Weekly report" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Week from</th>
                  <th scope="col">Came in</th>
                  <th scope="col">To look at</th>
                  <th scope="col">Decided</th>
                  <th scope="col">Not approved</th>
                  <th scope="col">Median wait</th>
                  <th scope="col">Agreement, blind</th>
                  <th scope="col">Agreement, score shown</th>
                </tr>
              </thead>
              <tbody>
                {data.weeks.toReversed().map((week) => (
                  <Row key={week.begins} week={week} />
                ))}
              </tbody>
            </table>
          </div>
          <p className={classes.note}>
            Weeks begin on Monday, in UTC. Agreement is the share of decisions that are what the classifier
            had said, with a 95% interval. Blind decisions are the honest figure: who sees a score follows it.
          </p>
        </>
      ) : null}
    </>
  );
}

function Row({ week }: { week: Week }) {
  return (
    <tr>
      <th scope="row">{week.begins}</th>
      <td>{count(week.received)}</td>
      <td>{count(week.queued)}</td>
      <td>{count(week.decided)}</td>
      <td>{count(week.removed)}</td>
      <td>{week.median_wait_s === null ? "–" : longDuration(week.median_wait_s)}</td>
      <Share agreement={week.blind} />
      <Share agreement={week.shown} />
    </tr>
  );
}

function Share({ agreement: { share, decisions } }: { agreement: Agreement }) {
  if (!share) return <td>–</td>;
  return (
    <td>
      <span className={classes.bar} aria-hidden="true">
        <span
          className={classes.interval}
          style={{ left: `${share.low * 100}%`, width: `${(share.high - share.low) * 100}%` }}
        />
        <span className={classes.value} style={{ left: `${share.value * 100}%` }} />
      </span>
      {fixedPercent(share.value, 0)}{" "}
      <small>
        ({percentRange(share.low, share.high)}, of {count(decisions)})
      </small>
    </td>
  );
}
