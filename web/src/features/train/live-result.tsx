import { Button, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { versionQuery } from "../../api/classifiers";
import type { Classifier, Version, VersionSummary } from "../../api/generated";
import { Notice } from "../../components/notice";
import { sentenceCase } from "../../lib/format";
import { FigureChart } from "./figure-chart";
import { FitProgress } from "../../signed-in/fit-progress";
import classes from "./live-result.module.css";
import { Step } from "./step";
import { TryBox } from "./try-box";
import type { Refit } from "./use-refit";
import { between, missingForFit, rightOf, testedOn, withoutHeadline } from "../../signed-in/words";
import { LabelTable } from "./label-table";

interface LiveResultProps {
  classifier: Classifier;
  refit: Refit;
}

/** How good the newest version is, and a box to try it. Follows the examples. */
export function LiveResult({ classifier, refit }: LiveResultProps) {
  const { newest, fit, examples } = classifier;
  const missing = missingForFit(examples);
  return (
    <Step number={3} title="Live result">
      {newest ? (
        <Newest classifier={classifier} newest={newest} />
      ) : (
        <p className={classes.empty}>{missing ?? "The first result comes with the first fit."}</p>
      )}
      <FitProgress fit={fit} onCancel={refit.cancel} />
      {fit?.state === "failed" ? (
        <Notice
          title="The last fit failed"
          detail={sentenceCase(fit.reason ?? "The server gives no reason.")}
          action={{ label: "Fit again", run: refit.now }}
        />
      ) : null}
      {refit.error ? (
        <Notice
          title={refit.error.title}
          detail={refit.error.detail}
          action={{ label: "Try again", run: refit.now }}
        />
      ) : null}
      {missing === undefined && !refit.pending && fit?.state !== "failed" ? (
        <Button variant="default" size="xs" onClick={refit.now}>
          {newest ? "Fit again" : "Fit now"}
        </Button>
      ) : null}
    </Step>
  );
}

function Newest({ classifier, newest }: { classifier: Classifier; newest: VersionSummary }) {
  const { data: version, isPending } = useQuery({
    ...versionQuery(classifier.name, newest),
    placeholderData: (before: Version | undefined) => before,
  });
  if (!version) return <p className={classes.empty}>{isPending ? "Loading the figures…" : ""}</p>;
  return (
    <>
      <Figure version={version} />
      <FigureChart version={version} />
      <TryBox classifier={classifier} version={version} />
      <LabelTable version={version} />
    </>
  );
}

/** The figure in large letters, and what it means in a sentence. */
function Figure({ version }: { version: Version }) {
  const { accuracy, enough, tested_rows: rows, verdict, number, learning } = version;
  const known = accuracy !== null && enough;
  return (
    <div className={classes.figure}>
      <p className={classes.headline}>
        {known ? (
          <>
            <b>{rightOf(accuracy, rows)}</b> right <span>({between(accuracy)})</span>
          </>
        ) : (
          <b>Too few to know</b>
        )}
      </p>
      <p>{known ? testedOn(version) : withoutHeadline(verdict)}</p>
      {learning ? <p>{learning.sentence}</p> : null}
      <VisuallyHidden role="status">{`Version ${number}: ${verdict}`}</VisuallyHidden>
    </div>
  );
}
