import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { asApiError } from "../../api/client";
import {
  comparisonQuery,
  fit,
  isFitting,
  publish,
  refresh,
  refreshCounts,
  refreshModels,
  stopFit,
} from "../../api/classifiers";
import type { Classifier, Summary, VersionSummary } from "../../api/generated";
import { QUEUE } from "../../api/moderation";
import { Notice } from "../../components/notice";
import { counted, sentenceCase } from "../../lib/format";
import { paths } from "../../lib/paths";
import { Comparison } from "../../signed-in/comparison";
import { FitProgress } from "../../signed-in/fit-progress";
import { useAction } from "../../signed-in/use-action";
import { missingForFit } from "../../signed-in/words";
import { agreementWords } from "./agreement";
import classes from "./refit-bar.module.css";

/** Longer than the pause between two decisions. */
const PAUSE_MS = 1000;

interface RefitBarProps {
  classifier: Classifier;
  summary: Summary;
}

/** Decisions teach: fit again, see what the new version agrees with, and publish it by a press. */
export function RefitBar({ classifier, summary }: RefitBarProps) {
  const { name, newest, published, examples, fit: running } = classifier;
  const client = useQueryClient();
  const fitting = useAction(async () => {
    await fit(name);
    await refresh(client);
  });
  const stopping = useAction(async () => {
    await stopFit(name);
    await refresh(client);
  });
  useFollowed(name, summary.new_decisions);
  const missing = missingForFit(examples);
  const busy = isFitting(classifier) || fitting.pending;
  return (
    <section aria-label="Decisions that teach" className={classes.bar}>
      <div className={classes.row}>
        <p role="status">{newWords(summary, missing)}</p>
        <Button
          size="xs"
          variant="default"
          disabled={missing !== undefined || busy}
          onClick={() => fitting.run()}
        >
          {newest ? "Refit" : "Fit"}
        </Button>
      </div>
      <FitProgress fit={running} onCancel={() => stopping.run()} />
      {fitting.notice}
      {stopping.notice}
      {running?.state === "failed" ? (
        <Notice
          title="The last fit failed"
          detail={sentenceCase(running.reason ?? "The server gives no reason.")}
        />
      ) : null}
      {newest && newest.number !== published?.number && !busy ? (
        <NewVersion key={newest.head} name={name} newest={newest} published={published ?? undefined} />
      ) : null}
    </section>
  );
}

/** After decisions the classifier has other examples. */
function useFollowed(name: string, decisions: number): void {
  const client = useQueryClient();
  const [settled] = useDebouncedValue(decisions, PAUSE_MS);
  useEffect(() => void refreshCounts(client, name), [client, name, settled]);
}

function newWords({ new_decisions: count, rules }: Summary, missing: string | undefined): string {
  if (!rules.learn && count === 0)
    return "Decisions don’t teach the classifier. The settings can change that.";
  const words = `${counted(count, "new decision")} that the newest version hasn’t learnt from.`;
  return missing === undefined ? words : `${words} ${missing}`;
}

interface NewVersionProps {
  name: string;
  newest: VersionSummary;
  published: VersionSummary | undefined;
}

/** What the new version does differently, and publishing it. */
function NewVersion({ name, newest, published }: NewVersionProps) {
  const client = useQueryClient();
  const publishing = useAction(async () => {
    await publish(name, newest);
    await Promise.all([refreshModels(client), client.invalidateQueries({ queryKey: QUEUE })]);
  });
  return (
    <>
      {published ? (
        <>
          <Agreement name={name} newest={newest} published={published} />
          <details className={classes.details}>
            <summary>Show the figures and the texts</summary>
            <Comparison name={name} version={newest.number} withVersion={published.number} />
          </details>
        </>
      ) : (
        <p>
          Version {newest.number} is ready.{" "}
          <a href={`${paths.train}#classifier=${encodeURIComponent(name)}`}>See its figures in Train.</a>
        </p>
      )}
      <div className={classes.row}>
        <p>
          {published
            ? `Version ${published.number} answers until you publish version ${newest.number}. You can go back in Train.`
            : "Comments get scores once it is published."}
        </p>
        <Button size="xs" disabled={publishing.pending || !newest.usable} onClick={() => publishing.run()}>
          {publishing.pending ? "Publishing…" : `Publish version ${newest.number}`}
        </Button>
      </div>
      {publishing.notice}
    </>
  );
}

function Agreement({ name, newest, published }: Required<NewVersionProps> & { published: VersionSummary }) {
  const { data, failureReason } = useQuery(
    comparisonQuery(name, newest.number, published.number, "decision"),
  );
  const failed = failureReason ? asApiError(failureReason) : undefined;
  const waiting = failed ? failed.detail : "Both versions answer for the comments that were decided…";
  return <p role="status">{data ? agreementWords(data) : waiting}</p>;
}
