import { VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import { Confirm } from "../../components/confirm";
import { counted } from "../../lib/format";
import type { FragmentState } from "../../lib/fragment-state";
import type { Run } from "../../scoring/run";
import { RunProgress } from "../../scoring/run-progress";
import { SavedNote } from "../../scoring/saved-note";
import classes from "./compare.module.css";
import { ComparisonView } from "./comparison-view";
import { session } from "./session";
import { NOTHING_CHOSEN } from "./wanted";

/** Fewer are scored again within seconds, so nothing is lost with them. */
const MANY_ROWS = 200;

interface RunViewProps {
  run: Run;
  address: FragmentState;
}

/** The log while it is scored, then the comparison on one screen. */
export function RunView({ run, address }: RunViewProps) {
  const { status, done, texts } = run;
  const [asking, setAsking] = useState<() => void>();
  const afterAsking = (act: () => void) => (done < MANY_ROWS ? act() : setAsking(() => act));
  const leave = () => {
    address.replace(NOTHING_CHOSEN);
    void session.clear();
  };
  return (
    <div className={classes.run}>
      <RunProgress run={run} session={session} onNewFile={() => afterAsking(leave)} />
      {status !== "running" && done > 0 ? (
        <ComparisonView run={run} address={address} onBack={() => afterAsking(session.backToFile)} />
      ) : null}
      <SavedNote run={run} onForget={() => afterAsking(leave)} />
      <Confirm
        open={asking !== undefined}
        title="Discard the new scores?"
        detail={`${counted(done, "comment")} would have to be scored again.`}
        cancel="Keep them"
        confirm="Discard"
        onConfirm={() => asking?.()}
        onCancel={() => setAsking(undefined)}
      />
      <VisuallyHidden role="status" aria-live="polite">
        {status === "done" ? `All ${counted(texts.length, "row")} compared.` : ""}
      </VisuallyHidden>
    </div>
  );
}
