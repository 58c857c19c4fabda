import { Button } from "@mantine/core";
import { useId, useState } from "react";

import type { Result } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { count, fixedPercent } from "../../lib/format";
import { atThreshold, type AtThreshold } from "./curves";
import classes from "./result-details.module.css";
import { CollapsibleSection } from "./collapsible-section";
import { labelCurvesOf, type LabelCurves } from "./label-curves";
import pageClasses from "./model-page.module.css";
import { PrecisionRecallChart } from "./precision-recall-chart";
import { RocChart } from "./roc-chart";
import { ScoreBars } from "./score-bars";

/** The default threshold with two labels. */
const DEFAULT_THRESHOLD = 0.5;

/** Shows the effect of a threshold for any label. */
export function ThresholdSection({ result }: { result: Result }) {
  const [label, setLabel] = useState(result.roc?.[0]?.label);
  const all = labelCurvesOf(result).filter(({ roc }) => atThreshold(result, roc, DEFAULT_THRESHOLD));
  const curves = all.find((candidate) => candidate.label === label) ?? all[0];
  if (!curves) return null;
  return (
    <CollapsibleSection id="threshold" title="Choose a threshold" about="fewer false alarms or fewer misses">
      <div className={classes.evidence}>
        <div className={pageClasses.head}>
          <p className={pageClasses.lead}>
            A higher threshold for {curves.label} means fewer false alarms and more misses. Move it to see the
            effect on these {count(result.rows)} texts.
          </p>
          {all.length > 1 ? (
            <Choice
              label="Label"
              value={curves.label}
              options={all.map((curve) => ({ value: curve.label, name: curve.label }))}
              onChoose={setLabel}
            />
          ) : null}
        </div>
        <ThresholdExplorer key={curves.label} result={result} curves={curves} />
      </div>
    </CollapsibleSection>
  );
}

function ThresholdExplorer({ result, curves }: { result: Result; curves: LabelCurves }) {
  const [threshold, setThreshold] = useState(DEFAULT_THRESHOLD);
  const slider = useId();
  const { label, roc, precisionRecall, histogram } = curves;
  const point = atThreshold(result, roc, threshold);
  const goals = (result.thresholds ?? []).filter((goal) => goal.label === label && goal.threshold !== null);
  if (!point) return null;
  return (
    <div className={`${shared.card} ${classes.pair}`}>
      <div className={classes.whole}>
        {histogram ? <ScoreBars bars={histogram} threshold={threshold} /> : null}
        <label htmlFor={slider} className={classes.slider}>
          Predict {label} from <strong>{fixedPercent(threshold, 0)}</strong>
        </label>
        <input
          id={slider}
          type="range"
          min="0"
          max="100"
          value={Math.round(threshold * 100)}
          aria-valuetext={`${fixedPercent(threshold, 0)}: ${describeThreshold(point, label)}`}
          onChange={(event) => setThreshold(Number(event.currentTarget.value) / 100)}
        />
        <p className={classes.goals}>
          <Button variant="default" size="compact-xs" onClick={() => setThreshold(DEFAULT_THRESHOLD)}>
            Default: {fixedPercent(DEFAULT_THRESHOLD, 0)}
          </Button>
          {goals.map(({ aim, target, threshold: at }) => (
            <Button
              key={`${aim}${target}`}
              variant="default"
              size="compact-xs"
              onClick={() => setThreshold(at ?? DEFAULT_THRESHOLD)}
            >
              {aim === "precision"
                ? `Precision ${fixedPercent(target, 0)}`
                : `Recall ${fixedPercent(target, 0)}`}
            </Button>
          ))}
        </p>
        <p className={classes.summary}>{describeThreshold(point, label)}</p>
      </div>
      <figure>
        <RocChart curve={roc} point={point} />
      </figure>
      {precisionRecall ? (
        <figure>
          <PrecisionRecallChart curve={precisionRecall} point={point} share={point.all / result.rows} />
        </figure>
      ) : null}
    </div>
  );
}

function describeThreshold(point: AtThreshold, label: string): string {
  const { called, right, all, precision, recall, perThousand } = point;
  const predictions =
    precision === undefined
      ? `No text is predicted ${label}`
      : `Of ${count(called)} texts predicted ${label}, ${count(right)} are correct (precision ${fixedPercent(precision)})`;
  return `${predictions}. Of ${count(all)} ${label} texts, ${count(right)} are found (recall ${fixedPercent(recall)}). A moderator who reviews every ${label} prediction sees ${count(perThousand)} in a thousand texts like these.`;
}
