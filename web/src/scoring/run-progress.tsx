import { Button } from "@mantine/core";

import { Notice } from "../components/notice";
import shared from "../components/shared.module.css";
import { SlowNotice } from "../components/slow-notice";
import { count, counted, longDuration } from "../lib/format";
import classes from "./run-progress.module.css";
import type { Run } from "./run";
import type { Session } from "./session";

interface RunProgressProps {
  run: Run;
  session: Session;
  onNewFile: () => void;
}

/** A run's progress and rate, with buttons to stop and resume it. */
export function RunProgress({ run, session, onNewFile }: RunProgressProps) {
  const { status, file, table, column, texts, done, pause, failure } = run;
  return (
    <section className={classes.progress} aria-label="Progress">
      <div className={classes.head}>
        <div>
          <h2 className={shared.title}>{file.name}</h2>
          <p>
            Column “{table.columns[column]}”, model: {run.model.name}
          </p>
        </div>
        <div className={classes.actions}>
          {status === "running" ? (
            <Button variant="default" onClick={session.stop}>
              Stop
            </Button>
          ) : null}
          {status === "stopped" || status === "failed" ? (
            <Button onClick={session.resume}>Resume</Button>
          ) : null}
          {status === "running" ? null : (
            <Button variant="default" onClick={onNewFile}>
              New file
            </Button>
          )}
        </div>
      </div>
      {status === "done" ? null : (
        <>
          <progress className={classes.bar} value={done} max={texts.length} aria-label="Rows scored" />
          <p className={classes.figures}>
            <span>
              {count(done)} of {counted(texts.length, "row")}
            </span>
            <span>{pacing(run)}</span>
          </p>
        </>
      )}
      <SlowNotice waiting={status === "running" && done === 0 && !pause} />
      {pause ? (
        <Notice
          title={pause.reason.title}
          detail={pause.reason.detail}
          meanwhile="Your scored rows are safe. Resuming automatically…"
        />
      ) : null}
      {failure ? (
        <Notice
          title={failure.title}
          detail={`${failure.detail} Your scored rows are safe. Select “Resume” to score the rest.`}
        />
      ) : null}
    </section>
  );
}

function pacing({ status, perSecond, secondsLeft, pause }: Run): string {
  if (status !== "running") return "Stopped";
  if (pause) return "Waiting for the server";
  if (perSecond === undefined || secondsLeft === undefined) return "Scoring…";
  const rate = perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond));
  return `${rate} texts/s, ${longDuration(Math.ceil(secondsLeft))} left`;
}
