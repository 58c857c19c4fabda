import shared from "../../components/shared.module.css";
import { count, counted, percentOfTotal } from "../../lib/format";
import type { Agreement, Confusion } from "./agreement";
import classes from "./compare.module.css";
import { shownThreshold } from "./shown";

/** Below this rank correlation the two hardly order the comments alike: the label may mean something else. */
const LOW_CORRELATION = 0.3;

interface FiguresProps {
  agreement: Agreement | undefined;
  label: string;
}

/** The threshold that keeps the share, in large; who flags what at both thresholds; and the correlation. */
export function Figures({ agreement, label }: FiguresProps) {
  if (!agreement) return null;
  const { texts, flagged, oldThreshold, atSameShare: same, atOldThreshold } = agreement;
  return (
    <section className={`${shared.card} ${shared.raised} ${classes.figures}`} aria-labelledby="new-threshold">
      {same ? (
        <>
          <h2 id="new-threshold" className={shared.title}>
            Flag from <b>{shownThreshold(same.newThreshold)}</b> in place of {shownThreshold(oldThreshold)}
          </h2>
          <p>
            The label {label} then flags {describeShare(same, flagged)} of {counted(texts, "comment")}. The
            old and the new scores agree on {shareOf(same)}.
          </p>
        </>
      ) : (
        <>
          <h2 id="new-threshold" className={shared.title}>
            The old scores flag no comment
          </h2>
          <p>
            None of {counted(texts, "comment")} has an old score from {shownThreshold(oldThreshold)} on. Enter
            the threshold that you used.
          </p>
        </>
      )}
      <div className={classes.scroll} role="region" aria-label="Who flags what" tabIndex={0}>
        <table>
          <caption className={shared.unseen}>How many comments each flags, at two new thresholds</caption>
          <thead>
            <tr>
              {["New threshold", "Both flag", "Only old", "Only new", "Neither", "Agree"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {same ? <Line confusion={same} /> : null}
            <Line confusion={atOldThreshold} />
          </tbody>
        </table>
      </div>
      <Correlation agreement={agreement} label={label} />
    </section>
  );
}

function Line({ confusion }: { confusion: Confusion }) {
  const { newThreshold, both, onlyOld, onlyNew, neither } = confusion;
  return (
    <tr>
      <th scope="row">{shownThreshold(newThreshold)}</th>
      {[both, onlyOld, onlyNew, neither].map((value, i) => (
        <td key={i}>{count(value)}</td>
      ))}
      <td>{shareOf(confusion)}</td>
    </tr>
  );
}

interface CorrelationProps {
  agreement: Agreement;
  label: string;
}

function Correlation({ agreement: { pearson, spearman }, label }: CorrelationProps) {
  if (pearson === undefined || spearman === undefined) {
    return <p>The scores of one side are all equal, so there is no correlation.</p>;
  }
  return (
    <>
      <p>
        Correlation of the scores: <b>{pearson.toFixed(2)}</b>; of their ranks: <b>{spearman.toFixed(2)}</b>.
      </p>
      {spearman < LOW_CORRELATION ? (
        <p className={classes.caution}>
          The two hardly order the comments alike. The probability of “{label}” may mean something else than
          the old score: a negative comment isn’t a toxic one. Choose another label, or teach a classifier on
          your own decisions.
        </p>
      ) : null}
    </>
  );
}

function describeShare(same: Confusion, flagged: number): string {
  const now = same.both + same.onlyNew;
  if (now === flagged) return `as many as before: ${count(flagged)}`;
  return `${count(now)} (before: ${count(flagged)}; several have exactly this score)`;
}

const shareOf = (confusion: Confusion): string => {
  const { both, onlyOld, onlyNew, neither } = confusion;
  return percentOfTotal(both + neither, both + onlyOld + onlyNew + neither);
};
