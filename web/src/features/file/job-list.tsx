import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { asApiError } from "../../api/client";
import type { Job } from "../../api/generated";
import {
  jobNames,
  jobsQuery,
  removeJob,
  downloadResult,
  storedKey,
  storeKey,
  isUnfinished,
} from "../../api/jobs";
import { Confirm } from "../../components/confirm";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import { resultName } from "./results";
import { JobKey } from "./job-key";
import classes from "./jobs.module.css";

/** The files submitted to the server, with their progress, results, and buttons to cancel or delete them. */
export function JobList() {
  const [key, setKey] = useState(storedKey);
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState(false);
  const jobs = useQuery({ ...jobsQuery(key ?? ""), enabled: key !== undefined });
  const [names, setNames] = useState<Record<string, string>>({});
  useEffect(() => void jobNames().then(setNames), [jobs.data]);

  const known = Object.keys(names).length > 0;
  if (key === undefined && !known && !opened) {
    return (
      <p className={classes.ask}>
        <QuietButton onClick={() => setOpened(true)}>Show files scored on the server</QuietButton>
      </p>
    );
  }
  const refused = jobs.error !== null;
  const use = () => {
    storeKey(typed);
    setKey(typed);
  };
  return (
    <section className={`${shared.card} ${classes.list}`} aria-labelledby="jobs">
      <h2 id="jobs" className={shared.title}>
        Files on the server
      </h2>
      {jobs.failureReason ? (
        <Notice title={asApiError(jobs.failureReason).title} detail={asApiError(jobs.failureReason).detail} />
      ) : null}
      {key === undefined || refused ? (
        <div className={classes.row}>
          <JobKey value={typed} onChange={setTyped} />
          <Button variant="default" onClick={use}>
            Show files
          </Button>
        </div>
      ) : null}
      {jobs.data?.length === 0 ? <p>No files on the server for this key.</p> : null}
      <ul>
        {jobs.data?.map((job) => (
          <JobItem key={job.id} job={job} name={names[job.id] ?? `file.${job.shape}`} apiKey={key ?? ""} />
        ))}
      </ul>
    </section>
  );
}

interface JobItemProps {
  job: Job;
  name: string;
  apiKey: string;
}

function JobItem({ job, name, apiKey }: JobItemProps) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const refresh = () => void queries.invalidateQueries(jobsQuery(apiKey));
  const download = useMutation({
    networkMode: "always",
    mutationFn: () => downloadResult(job, apiKey),
    onSuccess: (result) => saveFile(resultName(name, job.shape), result, result.type),
    onSettled: refresh,
  });
  const remove = useMutation({
    networkMode: "always",
    mutationFn: () => removeJob(job, apiKey),
    onSettled: refresh,
  });
  const error = download.error ?? remove.error;
  const removing = isUnfinished(job) ? "Cancel" : "Delete";
  return (
    <li>
      <div className={classes.item}>
        <div>
          <h3>{name}</h3>
          <p>
            {describeState(job)} Stored until {new Date(job.expires_at).toLocaleString("en")}.
          </p>
        </div>
        {job.state === "done" ? (
          <Button disabled={download.isPending} onClick={() => download.mutate()}>
            {download.isPending ? "Downloading…" : "Download"}
          </Button>
        ) : null}
        <Button variant="default" onClick={() => setAsking(true)} aria-label={`${removing} ${name}`}>
          {removing}
        </Button>
      </div>
      {isUnfinished(job) ? (
        <progress value={job.rows_done} max={job.rows} aria-label={`Rows of ${name}`} />
      ) : null}
      {error ? <Notice title={asApiError(error).title} detail={asApiError(error).detail} /> : null}
      <Confirm
        open={asking}
        title={`${removing} ${name}?`}
        detail="This permanently removes the file and its results from the server."
        cancel="Keep file"
        confirm={removing === "Cancel" ? "Cancel scoring" : "Delete"}
        onConfirm={() => {
          setAsking(false);
          remove.mutate();
        }}
        onCancel={() => setAsking(false)}
      />
    </li>
  );
}

function describeState({ state, reason, rows, rows_done: done }: Job): string {
  switch (state) {
    case "waiting":
      return `Queued: ${counted(rows, "row")}.`;
    case "running":
      return `${count(done)} of ${counted(rows, "row")} scored. You can close this page.`;
    case "done":
      return `All ${counted(rows, "row")} scored.`;
    case "failed":
      return `Failed: ${reason ?? "the server gave no reason"}.`;
  }
}
