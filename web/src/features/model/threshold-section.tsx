import { Button } from "@mantine/core";
import { useId, useState } from "react";

import type { Result } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { count } from "../../lib/format";
import { atThreshold, type AtThreshold } from "./curves";
import classes from "./evidence.module.css";
import { Fold } from "./fold";
import { labelCurvesOf, type LabelCurves } from "./label-curves";
import { inHundredths } from "./logic";
import pageClasses from "./model-page.module.css";
import { PrecisionRecallChart } from "./precision-recall-chart";
import { RocChart } from "./roc-chart";
import { ScoreBars } from "./score-bars";

/** Where a label is called without a threshold of one's own, with two labels. */
const USUAL = 0.5;

/** What changes with another threshold: fewer false alarms or fewer misses, for any label. */
export function ThresholdSection({ result }: { result: Result }) {
  const [label, setLabel] = useState(result.roc?.[0]?.label);
  const all = labelCurvesOf(result).filter(({ roc }) => atThreshold(result, roc, USUAL));
  const curves = all.find((each) => each.label === label) ?? all[0];
  if (!curves) return null;
  return (
    <Fold id="threshold" title="Choose a threshold" about="fewer false alarms or fewer misses">
      <div className={classes.evidence}>
        <div className={pageClasses.head}>
          <p className={pageClasses.lead}>
            Call a text {curves.label} only above some probability, and there are fewer false alarms and more
            misses. Move the threshold and see what it does to these {count(result.rows)} texts.
          </p>
          {all.length > 1 ? (
            <Choice
              label="Label"
              value={curves.label}
              options={all.map((each) => ({ value: each.label, name: each.label }))}
              onChoose={setLabel}
            />
          ) : null}
        </div>
        <Explorer key={curves.label} result={result} curves={curves} />
      </div>
    </Fold>
  );
}

function Explorer({ result, curves }: { result: Result; curves: LabelCurves }) {
  const [threshold, setThreshold] = useState(USUAL);
  const slider = useId();
  const { label, roc, precisionRecall, histogram } = curves;
  const found = atThreshold(result, roc, threshold);
  const aims = (result.thresholds ?? []).filter((each) => each.label === label && each.threshold !== null);
  if (!found) return null;
  return (
    <div className={`${shared.card} ${classes.pair}`}>
      <div className={classes.whole}>
        {histogram ? <ScoreBars bars={histogram} threshold={threshold} /> : null}
        <label htmlFor={slider} className={classes.slider}>
          Called {label} from <strong>{Math.round(threshold * 100)}%</strong> on
        </label>
        <input
          id={slider}
          type="range"
          min="0"
          max="100"
          value={Math.round(threshold * 100)}
          aria-valuetext={`${Math.round(threshold * 100)}%: ${inWords(found, label)}`}
          onChange={(event) => setThreshold(Number(event.currentTarget.value) / 100)}
        />
        <p className={classes.aims}>
          <Button variant="default" size="compact-xs" onClick={() => setThreshold(USUAL)}>
            usual: 50%
          </Button>
          {aims.map(({ aim, target, threshold: at }) => (
            <Button
              key={`${aim}${target}`}
              variant="default"
              size="compact-xs"
              onClick={() => setThreshold(at ?? USUAL)}
            >
              {aim === "precision" ? `${target * 100}% of calls right` : `${target * 100}% found`}
            </Button>
          ))}
        </p>
        <p className={classes.found}>{inWords(found, label)}</p>
      </div>
      <figure>
        <RocChart curve={roc} found={found} />
      </figure>
      {precisionRecall ? (
        <figure>
          <PrecisionRecallChart curve={precisionRecall} found={found} share={found.all / result.rows} />
        </figure>
      ) : null}
    </div>
  );
}

function inWords(found: AtThreshold, label: string): string {
  const { called, right, all, precision, recall, perThousand } = found;
  const calls =
    precision === undefined
      ? `No text is called ${label}`
      : `Of ${count(called)} texts called ${label}, ${count(right)} are (${inHundredths(precision)}%)`;
  return `${calls}. Of ${count(all)} that are, ${count(right)} are found (${inHundredths(recall)}%). A moderator who looks at what is called ${label} sees ${count(perThousand)} in a thousand texts like these.`;
}
