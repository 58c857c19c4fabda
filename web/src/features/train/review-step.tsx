import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import { suspectsQuery, versionQuery } from "../../api/classifiers";
import type { Classifier, VersionSummary } from "../../api/generated";
import { Notice } from "../../components/notice";
import { counted, fixedPercent } from "../../lib/format";
import { DoubtRow, type Doubt } from "./doubt-row";
import classes from "./review-step.module.css";
import { Step } from "./step";

const SHOWN_MISTAKES = 5;

interface ReviewStepProps {
  classifier: Classifier;
  newest: VersionSummary;
  onChanged: () => void;
}

/** Examples that deserve a look: the most confident mistakes, and labels that look wrong. */
export function ReviewStep({ classifier, newest, onChanged }: ReviewStepProps) {
  return (
    <Step number={4} title="Check examples">
      <div className={classes.lists}>
        <Mistakes classifier={classifier} newest={newest} onChanged={onChanged} />
        <Suspects classifier={classifier} onChanged={onChanged} />
      </div>
    </Step>
  );
}

function Mistakes({ classifier, newest, onChanged }: ReviewStepProps) {
  const { data: version } = useQuery({
    ...versionQuery(classifier.name, newest),
    placeholderData: keepPreviousData,
  });
  if (!version) return null;
  const doubts = version.mistakes
    .slice(0, SHOWN_MISTAKES)
    .map(({ id, text, labels, suggested, probability }): Doubt => ({
      id,
      text,
      labels,
      suggested,
      probability,
    }));
  return (
    <DoubtList
      title="Most confident mistakes"
      note="Tested texts where it is sure and your label says otherwise. Who is right?"
      none="None: every tested text is right, or you have checked it."
      doubts={doubts}
      classifier={classifier}
      onChanged={onChanged}
    />
  );
}

function Suspects({ classifier, onChanged }: Omit<ReviewStepProps, "newest">) {
  const { data, failureReason } = useQuery({
    ...suspectsQuery(classifier),
    placeholderData: keepPreviousData,
  });
  if (failureReason) {
    return <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />;
  }
  if (!data) return null;
  const doubts = data.suspects.map(
    ({ example: { id, text, labels }, suggested, suggested_probability: probability }): Doubt => ({
      id,
      text,
      labels: labels ?? [],
      suggested,
      probability,
    }),
  );
  return (
    <DoubtList
      title="Labels that look wrong"
      note={`Among ${counted(data.rows, "training example")}, about ${fixedPercent(data.estimated_share, 0)} may have a wrong label.`}
      none="None."
      doubts={doubts}
      classifier={classifier}
      onChanged={onChanged}
    />
  );
}

interface DoubtListProps {
  title: string;
  note: string;
  none: string;
  doubts: readonly Doubt[];
  classifier: Classifier;
  onChanged: () => void;
}

function DoubtList({ title, note, none, doubts, classifier, onChanged }: DoubtListProps) {
  return (
    <section aria-label={title} className={classes.list}>
      <h4>{title}</h4>
      <p className={classes.note}>{doubts.length > 0 ? note : none}</p>
      <ul>
        {doubts.map((doubt) => (
          <DoubtRow key={doubt.id} doubt={doubt} classifier={classifier} onChanged={onChanged} />
        ))}
      </ul>
    </section>
  );
}
