import { Button } from "@mantine/core";
import { useId, useState } from "react";

import type { Result, RocCurve } from "../../api/generated";
import { Choice } from "../../components/choice";
import shared from "../../components/shared.module.css";
import { count } from "../../lib/format";
import { atThreshold, type AtThreshold } from "./curves";
import classes from "./evidence.module.css";
import { inHundredths } from "./logic";
import pageClasses from "./model-page.module.css";
import { PrecisionRecallChart } from "./precision-recall-chart";
import { RocChart } from "./roc-chart";
import { ScoreBars } from "./score-bars";

/** Where a label is called without a threshold of one's own, with two labels. */
const USUAL = 0.5;

/** What changes where one draws the line elsewhere: fewer false alarms or fewer misses. */
export function ThresholdSection({ result }: { result: Result }) {
  const [label, setLabel] = useState<string>();
  const curves = result.roc ?? [];
  const curve = curves.find((each) => each.label === label) ?? curves[0];
  if (!curve || !atThreshold(result, curve, USUAL)) return null;
  return (
    <section aria-labelledby="threshold" className={classes.evidence}>
      <div className={pageClasses.head}>
        <h2 id="threshold">Where to draw the line</h2>
        {curves.length > 1 ? (
          <Choice
            label="Label"
            value={curve.label}
            options={curves.map((each) => ({ value: each.label, name: each.label }))}
            onChoose={setLabel}
          />
        ) : null}
      </div>
      <p className={pageClasses.lead}>
        Call a text {curve.label} only from some probability on, and there are fewer false alarms and more
        misses. Move the line and read what it does to these {count(result.rows)} texts.
      </p>
      <Explorer key={curve.label} result={result} curve={curve} />
    </section>
  );
}

function Explorer({ result, curve }: { result: Result; curve: RocCurve }) {
  const [threshold, setThreshold] = useState(USUAL);
  const slider = useId();
  const found = atThreshold(result, curve, threshold);
  const bars = result.score_histogram?.find((each) => each.label === curve.label);
  const precisionRecall = result.precision_recall?.find((each) => each.label === curve.label);
  const aims = (result.thresholds ?? []).filter(
    (each) => each.label === curve.label && each.threshold !== null,
  );
  if (!found) return null;
  return (
    <div className={`${shared.card} ${classes.pair}`}>
      <div className={classes.whole}>
        {bars ? <ScoreBars bars={bars} threshold={threshold} /> : null}
        <label htmlFor={slider} className={classes.slider}>
          Called {curve.label} from <strong>{Math.round(threshold * 100)} %</strong> on
        </label>
        <input
          id={slider}
          type="range"
          min="0"
          max="100"
          value={Math.round(threshold * 100)}
          aria-valuetext={`${Math.round(threshold * 100)} %: ${inWords(found, curve.label)}`}
          onChange={(event) => setThreshold(Number(event.currentTarget.value) / 100)}
        />
        <p className={classes.aims}>
          <Button variant="default" size="compact-xs" onClick={() => setThreshold(USUAL)}>
            usual: 50 %
          </Button>
          {aims.map(({ aim, target, threshold: at }) => (
            <Button
              key={`${aim}${target}`}
              variant="default"
              size="compact-xs"
              onClick={() => setThreshold(at ?? USUAL)}
            >
              {aim === "precision" ? `${target * 100} % of calls right` : `${target * 100} % found`}
            </Button>
          ))}
        </p>
        <p className={classes.found}>{inWords(found, curve.label)}</p>
      </div>
      <figure>
        <RocChart curve={curve} found={found} />
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
      : `Of ${count(called)} texts called ${label}, ${count(right)} are (${inHundredths(precision)} %)`;
  return `${calls}. Of ${count(all)} that are, ${count(right)} are found (${inHundredths(recall)} %). A moderator who looks at what is called ${label} sees ${count(perThousand)} in a thousand texts like these.`;
}
