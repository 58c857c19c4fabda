import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError, type ApiError } from "../../api/client";
import type { ModelSummary } from "../../api/generated";
import { submitFile, jobsQuery, storedKey, storeKey } from "../../api/jobs";
import { Notice } from "../../components/notice";
import { JobKey } from "./job-key";
import classes from "./jobs.module.css";
import { shownOptions, type Choosing } from "../../reading/choosing";
import { session } from "./session";

/** Files from this size on take minutes on a small server. */
const LARGE_BYTES = 250_000;

export const isLarge = ({ file, preview }: Choosing): boolean =>
  !preview.complete && file.size >= LARGE_BYTES;

/** Offers to score a large file on the server, in the background. */
export function JobOffer({ stage, model }: { stage: Choosing; model: ModelSummary | undefined }) {
  const queries = useQueryClient();
  const [key, setKey] = useState(storedKey() ?? "");
  const sending = useMutation({
    networkMode: "always",
    mutationFn: (chosen: ModelSummary) => {
      return submitFile({ file: stage.file, options: shownOptions(stage), model: chosen.name }, key);
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
        If you score it here, keep this page open. If you close it, scoring resumes when you come back. The
        server can also score it in the background, so you can close the page and download the results later.
        The server then stores the whole file, with all its columns, until you delete it or it expires.
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
      {sending.error ? <SubmitError error={asApiError(sending.error)} /> : null}
    </section>
  );
}

/** Why the server rejected the file, and the alternatives. */
function SubmitError({ error }: { error: ApiError }) {
  return <Notice title={error.title} detail={`${error.detail} ${alternative(error)}`} />;
}

function alternative({ code, status }: ApiError): string {
  if (code === "jobs-off") {
    return "You can score the file here instead, or ask the server’s administrator to turn on VALENCE_JOBS.";
  }
  if (status === 413 || code === "too-many-rows") {
    return "You can score the file here instead, split it, or ask the server’s administrator to raise the limit (VALENCE_JOB_MAX_BYTES, VALENCE_JOB_MAX_ROWS).";
  }
  if (status === 401 || status === 403) return "You can still score the file here without a key.";
  return "You can try again, or score the file here.";
}
