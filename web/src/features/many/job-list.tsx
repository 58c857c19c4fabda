import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { asApiError } from "../../api/client";
import type { Job } from "../../api/generated";
import { jobNames, jobsQuery, removeJob, resultOf, storedKey, storeKey, isUnderWay } from "../../api/jobs";
import { Confirm } from "../../components/confirm";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import { resultName } from "./export-csv";
import { JobKey } from "./job-key";
import classes from "./jobs.module.css";

/** Files that were handed to the server: how far each is, its result, its end. Nothing where there were none. */
export function JobList() {
  const [key, setKey] = useState(storedKey);
  const [typed, setTyped] = useState("");
  const [asks, setAsks] = useState(false);
  const jobs = useQuery({ ...jobsQuery(key ?? ""), enabled: key !== undefined });
  const [names, setNames] = useState<Record<string, string>>({});
  useEffect(() => void jobNames().then(setNames), [jobs.data]);

  const known = Object.keys(names).length > 0;
  if (key === undefined && !known && !asks) {
    return (
      <p className={classes.ask}>
        <QuietButton onClick={() => setAsks(true)}>Files that the server is scoring</QuietButton>
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
            Show the files
          </Button>
        </div>
      ) : null}
      {jobs.data?.length === 0 ? <p>This key has no files on the server.</p> : null}
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
  const again = () => void queries.invalidateQueries(jobsQuery(apiKey));
  const download = useMutation({
    networkMode: "always",
    mutationFn: () => resultOf(job, apiKey),
    onSuccess: (result) => saveFile(resultName(name, job.shape), result, result.type),
    onSettled: again,
  });
  const remove = useMutation({
    networkMode: "always",
    mutationFn: () => removeJob(job, apiKey),
    onSettled: again,
  });
  const error = download.error ?? remove.error;
  const removing = isUnderWay(job) ? "Cancel" : "Delete";
  return (
    <li>
      <div className={classes.item}>
        <div>
          <h3>{name}</h3>
          <p>
            {stateInWords(job)} On the server until {new Date(job.expires_at).toLocaleString("en")}.
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
      {isUnderWay(job) ? (
        <progress value={job.rows_done} max={job.rows} aria-label={`Rows of ${name}`} />
      ) : null}
      {error ? <Notice title={asApiError(error).title} detail={asApiError(error).detail} /> : null}
      <Confirm
        open={asking}
        title={`${removing} ${name}?`}
        detail="The server removes the file and everything that it has scored of it. There is no copy."
        cancel="Keep it"
        confirm={`${removing} it`}
        onConfirm={() => {
          setAsking(false);
          remove.mutate();
        }}
        onCancel={() => setAsking(false)}
      />
    </li>
  );
}

function stateInWords({ state, reason, rows, rows_done: done }: Job): string {
  switch (state) {
    case "waiting":
      return `Waiting for its turn: ${counted(rows, "row")}.`;
    case "running":
      return `${count(done)} of ${counted(rows, "row")} scored. You can close this page.`;
    case "done":
      return `All ${counted(rows, "row")} scored.`;
    case "failed":
      return `It failed: ${reason ?? "the server gives no reason"}.`;
  }
}
