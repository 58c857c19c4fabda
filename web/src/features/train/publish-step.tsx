import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";

import { publish, refreshModels, versionQuery } from "../../api/classifiers";
import type { Classifier, VersionSummary } from "../../api/generated";
import { CodeTabs } from "../../components/code-tabs";
import { CopyButton } from "../../components/copy-button";
import shared from "../../components/shared.module.css";
import { fragmentOf } from "../../lib/fragment";
import { useOrigin } from "../../lib/hydration";
import { paths } from "../../lib/paths";
import classes from "./publish-step.module.css";
import { Step } from "./step";
import { useAction } from "../../signed-in/use-action";
import { withoutHeadline } from "../../signed-in/words";

interface PublishStepProps {
  classifier: Classifier;
  newest: VersionSummary;
  /** The newest version doesn’t know the last changes yet. */
  pending: boolean;
}

/** Publishes the newest version; then how to use it. */
export function PublishStep({ classifier, newest, pending }: PublishStepProps) {
  const { name, published } = classifier;
  const client = useQueryClient();
  const publishing = useAction(async () => {
    await publish(name, newest);
    await refreshModels(client);
  });
  const isNew = newest.number !== published?.number;
  return (
    <Step number={5} title="Publish">
      {isNew ? (
        <>
          <p className={classes.note}>
            {published
              ? `Version ${published.number} answers now. Version ${newest.number} would take its place; you can go back with one click.`
              : `Then anyone who asks for “${name}” gets its answers, in this page and through the API.`}
          </p>
          <TooFewToKnow classifier={classifier} newest={newest} />
          {pending ? (
            <p className={classes.note}>
              Your last changes are still being fitted: version {newest.number} doesn’t know them yet.
            </p>
          ) : null}
          <Button size="md" disabled={publishing.pending || !newest.usable} onClick={() => publishing.run()}>
            {publishing.pending ? "Publishing…" : `Publish version ${newest.number}`}
          </Button>
        </>
      ) : null}
      {newest.usable ? null : (
        <p role="alert">It was made with another encoder than this server has. Fit it again.</p>
      )}
      <p role="status" className={classes.live}>
        {published ? `Version ${published.number} of ${name} is published.` : ""}
      </p>
      {publishing.notice}
      {published ? <HowToUse name={name} /> : null}
    </Step>
  );
}

/** A warning if the figures can't tell how good the version is. It can be published all the same. */
function TooFewToKnow({ classifier, newest }: { classifier: Classifier; newest: VersionSummary }) {
  const { data: version } = useQuery(versionQuery(classifier.name, newest));
  if (!version || version.enough) return null;
  return (
    <div role="note" className={`${shared.warning} ${classes.warning}`}>
      <p>
        <b>Too few examples to know how good it is.</b> {withoutHeadline(version.verdict)}
      </p>
      <p>Before others rely on its answers, add examples, or try it on comments whose label you know.</p>
    </div>
  );
}

const SAMPLE = "You clearly didn’t read it.";

/** The link and the request to copy. */
function HowToUse({ name }: { name: string }) {
  const origin = useOrigin();
  const address = `${paths.tryIt}${fragmentOf({ text: "", model: name })}`;
  return (
    <>
      <p className={classes.links}>
        <Link href={address}>Open it on the first page</Link>
        <CopyButton value={`${origin}${paths.classifierNamed(name)}`} label="Copy the link to share" />
      </p>
      <CodeTabs
        call={{ method: "POST", url: `${origin}${paths.predict}`, body: { text: SAMPLE, model: name } }}
      />
    </>
  );
}
