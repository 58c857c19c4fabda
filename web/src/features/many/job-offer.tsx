import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Papa from "papaparse";
import { useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import type { ModelSummary } from "../../api/generated";
import { handIn, jobsQuery, storedKey, storeKey } from "../../api/jobs";
import { Notice } from "../../components/notice";
import { JobKey } from "./job-key";
import classes from "./jobs.module.css";
import { session, type Choosing } from "./session";

/** From here on a file takes minutes on a small server. */
const LARGE_ROWS = 10_000;
const LARGE_BYTES = 2_000_000;

export const isLarge = ({ file, table }: Choosing): boolean =>
  table.rows.length >= LARGE_ROWS || file.size >= LARGE_BYTES;

/** For a large file: the server scores it in the background, and the page may be closed. */
export function JobOffer({ stage, model }: { stage: Choosing; model: ModelSummary | undefined }) {
  const queries = useQueryClient();
  const [key, setKey] = useState(storedKey() ?? "");
  const sending = useMutation({
    networkMode: "always",
    mutationFn: (chosen: ModelSummary) => {
      const { file, table, column } = stage;
      const csv = Papa.unparse([table.columns, ...table.rows], { newline: "\r\n" });
      const textColumn = table.columns[column] ?? "";
      return handIn({ name: file.name, csv, textColumn, model: chosen.name }, key);
    },
    onSuccess: () => {
      storeKey(key);
      void queries.invalidateQueries(jobsQuery(key));
      void session.clear();
    },
  });
  return (
    <section className={classes.offer} aria-labelledby="job-offer">
      <h3 id="job-offer">This is a large file</h3>
      <p>
        Scored here, this page has to stay open; if you close it, it resumes when you come back. Or the server
        scores the file in the background: you can close the page and download the result later. For that the
        whole file, with all its columns, is sent to the server and stored there until you delete it or it
        expires.
      </p>
      <div className={classes.row}>
        <JobKey value={key} onChange={setKey} />
        <Button
          variant="default"
          disabled={!model || sending.isPending}
          onClick={() => model && sending.mutate(model)}
        >
          {sending.isPending ? "Sending…" : "Score on the server"}
        </Button>
      </div>
      {sending.error ? <Refused error={asApiError(sending.error)} /> : null}
    </section>
  );
}

/** Why the server did not take the file, and what is possible all the same. */
function Refused({ error }: { error: ApiError }) {
  return <Notice title={error.title} detail={`${error.detail} ${alternative(error)}`} />;
}

function alternative({ code, status }: ApiError): string {
  if (code === "jobs-off") {
    return "You can score the file here instead, or ask whoever runs this server to turn on VALENCE_JOBS.";
  }
  if (status === 413 || code === "too-many-rows") {
    return "You can score the file here instead, split it, or ask whoever runs this server to raise the limit (VALENCE_JOB_MAX_BYTES, VALENCE_JOB_MAX_ROWS).";
  }
  if (status === 401 || status === 403) return "Without such a key you can still score the file here.";
  return "You can try again, or score the file here.";
}
