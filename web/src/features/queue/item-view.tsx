import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { asApiError } from "../../api/client";
import type { AuthorRecord, Classifier, Item, Summary } from "../../api/generated";
import { explanationQuery, itemQuery } from "../../api/moderation";
import { QuietButton } from "../../components/quiet-button";
import { signed } from "../../lib/format";
import type { Change, Values } from "../../lib/fragment-state";
import { excerpt } from "../../lib/text";
import { points } from "../../lib/units";
import classes from "./item-view.module.css";
import { tipping } from "./marked-pieces";
import { TippedText } from "./tipped-text";
import { ageWords, decisionWords, recordWords, scoreWords, whyWords } from "./words";

/** Longer than the pause between two key presses: words are asked for when somebody reads. */
const READING_MS = 300;

interface ItemViewProps {
  item: Item;
  summary: Summary;
  classifier: Classifier | undefined;
  now: number;
  /** The filters. */
  values: Values;
  /** Changes the filters so that Back takes the change back. */
  onNarrow: (change: Change) => void;
}

/** A comment in its discussion, and why it is here. */
export function ItemView({ item, summary, classifier, now, values, onNarrow }: ItemViewProps) {
  const [read] = useDebouncedValue(item.number, READING_MS);
  const isRead = read === item.number;
  const { data: detail, error } = useQuery({ ...itemQuery(item.number), enabled: isRead });
  const explained = useQuery({ ...explanationQuery(item), enabled: isRead && item.score !== null });
  const explanation = item.score === null ? undefined : explained.data;
  const before = detail ? [detail.parent, ...detail.earlier].filter((each) => each !== null) : [];
  const approveLabel = summary.rules.approve_label;
  return (
    <div className={classes.thread}>
      <Others items={unique(before)} label="Before it" now={now} />
      <article className={classes.item} aria-label="Comment to decide" data-why={item.why}>
        <p className={classes.by}>
          <b dir="auto">{item.author ?? "Unknown author"}</b>
          <time dateTime={item.created_at}>{ageWords(item.created_at, now)}</time>
          {item.edits > 0 ? <span>edited</span> : null}
          {item.link === null ? null : (
            <a href={item.link} target="_blank" rel="noreferrer">
              Open on its site
            </a>
          )}
          <Narrow item={item} values={values} onNarrow={onNarrow} />
        </p>
        <blockquote dir="auto" className={classes.text}>
          <TippedText
            text={detail?.own_text ?? item.text}
            explanation={explanation}
            approveLabel={approveLabel}
          />
        </blockquote>
        {detail?.own_text ? (
          <details className={classes.whole}>
            <summary>With quotes, code and signature</summary>
            <p dir="auto">{item.text}</p>
          </details>
        ) : null}
        <p className={classes.why}>{whyWords(item, summary.rules)}</p>
        <Tipping words={explanation ? tipping(explanation, approveLabel) : []} />
        {explained.error && item.score !== null ? (
          <p className={classes.quiet}>Its words can’t be shown: {asApiError(explained.error).detail}</p>
        ) : null}
        <p className={classes.quiet}>{versionWords(item, classifier)}</p>
        {item.decision ? (
          <p className={classes.quiet}>
            {decisionWords(item.decision)}, by {item.decision.by}
          </p>
        ) : null}
      </article>
      <Others items={detail?.answers ?? []} label="Answers to it" now={now} />
      {item.author !== null && detail?.author ? (
        <Author name={item.author} record={detail.author} now={now} />
      ) : null}
      {error ? <p role="alert">{asApiError(error).detail}</p> : null}
    </div>
  );
}

/** Shows only the comments of its author, or its discussion with the timeline. */
function Narrow({
  item: { number, author, thread },
  values,
  onNarrow,
}: Pick<ItemViewProps, "item" | "values" | "onNarrow">) {
  return (
    <span className={classes.narrow}>
      {author === null || values["author"] !== undefined ? null : (
        <QuietButton onClick={() => onNarrow({ author })}>Only this author</QuietButton>
      )}
      {thread === null || values["thread"] !== undefined ? null : (
        <QuietButton onClick={() => onNarrow({ thread, order: "oldest", item: `${number}` })}>
          Its discussion
        </QuietButton>
      )}
    </span>
  );
}

const unique = (items: readonly Item[]): Item[] =>
  [...new Map(items.map((item) => [item.number, item])).values()].sort((one, other) =>
    one.created_at.localeCompare(other.created_at),
  );

/** Comments around it. */
function Others({ items, label, now }: { items: readonly Item[]; label: string; now: number }) {
  if (items.length === 0) return null;
  return (
    <section aria-label={label} className={classes.others}>
      {items.map((item) => (
        <p key={item.number} className={classes.other}>
          <b dir="auto">{item.author ?? "Unknown author"}</b>{" "}
          <time dateTime={item.created_at}>{ageWords(item.created_at, now)}</time>{" "}
          <span dir="auto">{excerpt(item.text)}</span>
          {item.decision ? <i> {decisionWords(item.decision)}</i> : null}
        </p>
      ))}
    </section>
  );
}

function Tipping({ words }: { words: readonly { word: string; effect: number }[] }) {
  if (words.length === 0) return null;
  return (
    <p className={classes.words}>
      What speaks for action:{" "}
      {words.map(({ word, effect }, i) => (
        <span key={i}>
          {i > 0 ? ", " : ""}
          <q dir="auto">{excerpt(word, 80)}</q> ({signed(points(effect))} points)
        </span>
      ))}
    </p>
  );
}

function versionWords({ version, score }: Item, classifier: Classifier | undefined): string {
  if (!version) return "Not scored.";
  const known = [classifier?.published, classifier?.newest].find((each) => each?.head === version.head);
  const name = known
    ? `version ${known.number} of ${version.name}`
    : `${version.name} (${version.head.slice(0, 12)})`;
  return score === null ? `${name} scored it. The score is shown after the decision.` : `Scored by ${name}.`;
}

/** What was decided about the author's last comments. */
function Author({ name, record, now }: { name: string; record: AuthorRecord; now: number }) {
  const words = recordWords(name, record);
  if (record.last.length === 0) return <p className={classes.author}>{words}</p>;
  return (
    <details className={classes.author}>
      <summary dir="auto">{words}</summary>
      <ul>
        {record.last.map((item) => (
          <li key={item.number}>
            <b>{item.decision ? decisionWords(item.decision) : scoreWords(item)}</b>{" "}
            <time dateTime={item.created_at}>{ageWords(item.created_at, now)}</time>{" "}
            <span dir="auto">{excerpt(item.text)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
