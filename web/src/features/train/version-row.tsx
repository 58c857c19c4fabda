import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { downloaded, publish, refreshModels, removeVersion, stopPublishing } from "../../api/classifiers";
import type { VersionSummary } from "../../api/generated";
import { Confirm } from "../../components/confirm";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { counted, fixedPercent } from "../../lib/format";
import { saveFile } from "../../lib/save-file";
import { useAction } from "../../signed-in/use-action";
import classes from "./versions.module.css";
import { between } from "../../signed-in/words";

interface VersionRowProps {
  name: string;
  version: VersionSummary;
  /** The number of the version that answers. */
  published: number | undefined;
  others: readonly number[];
  onCompare: (withVersion: number) => void;
}

/** One version, and what can be done with it. */
export function VersionRow({ name, version, published, others, onCompare }: VersionRowProps) {
  const { number, usable } = version;
  const [asking, setAsking] = useState<"publish" | "delete" | "stop">();
  const client = useQueryClient();
  const acting = useAction(async (act: () => Promise<unknown>) => {
    await act();
    await refreshModels(client);
  });
  const download = (transformers = false) =>
    acting.run(async () =>
      saveFile(`${name}-${number}.zip`, await downloaded(name, number, transformers), "application/zip"),
    );
  const isBack = published !== undefined && number < published;
  const other = published === number || published === undefined ? others[0] : published;
  return (
    <li className={`${shared.card} ${classes.version}`} aria-busy={acting.pending}>
      <Facts version={version} />
      <div className={classes.actions}>
        {version.published ? (
          <Button variant="default" size="xs" onClick={() => setAsking("stop")}>
            Stop publishing
          </Button>
        ) : (
          <Button size="xs" disabled={!usable || acting.pending} onClick={() => setAsking("publish")}>
            {isBack ? `Go back to version ${number}` : `Publish version ${number}`}
          </Button>
        )}
        {other === undefined ? null : (
          <QuietButton onClick={() => onCompare(other)}>Compare with version {other}</QuietButton>
        )}
        <QuietButton onClick={() => download()}>Download</QuietButton>
        {version.transformers ? (
          <QuietButton onClick={() => download(true)}>Download for transformers</QuietButton>
        ) : null}
        {version.published ? null : <QuietButton onClick={() => setAsking("delete")}>Delete</QuietButton>}
      </div>
      {usable ? null : <p className={classes.warning}>Made with another encoder: fit it again to use it.</p>}
      {acting.notice}
      <Confirm
        open={asking !== undefined}
        {...questionOf(asking ?? "publish", number, published)}
        cancel="Cancel"
        onCancel={() => setAsking(undefined)}
        onConfirm={() => {
          setAsking(undefined);
          if (asking === "publish") acting.run(() => publish(name, version));
          if (asking === "delete") acting.run(() => removeVersion(name, number));
          if (asking === "stop") acting.run(() => stopPublishing(name));
        }}
      />
    </li>
  );
}

function Facts({ version }: { version: VersionSummary }) {
  const { number, accuracy, rows, note, made_at: made } = version;
  return (
    <div>
      <h3 className={classes.title}>
        Version {number}
        {version.published ? <span className={classes.badge}>published</span> : null}
      </h3>
      <p>
        {accuracy ? `Right for ${fixedPercent(accuracy.value, 0)} (${between(accuracy)})` : "Not tested"} ·{" "}
        {version.uploaded ? "uploaded" : counted(rows, "example")} ·{" "}
        <time dateTime={made}>{new Date(made).toLocaleString()}</time>
      </p>
      {note === "" ? null : <p>{note}</p>}
    </div>
  );
}

function questionOf(asking: "publish" | "delete" | "stop", number: number, published: number | undefined) {
  if (asking === "delete") {
    return {
      title: `Delete version ${number}?`,
      detail: "It can’t be brought back. Its examples stay.",
      confirm: "Delete",
    };
  }
  if (asking === "stop") {
    return {
      title: "Stop publishing?",
      detail: "Requests for this classifier will fail until you publish a version again.",
      confirm: "Stop publishing",
    };
  }
  return {
    title: `Publish version ${number}?`,
    detail:
      published === undefined
        ? "From then on, the page and the API answer with it."
        : `It takes the place of version ${published}, which stays in this list.`,
    confirm: `Publish version ${number}`,
  };
}
