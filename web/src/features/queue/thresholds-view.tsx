import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { asApiError } from "../../api/client";
import type { NearComment, Preview, StoredWish, Wish } from "../../api/generated";
import {
  previewQuery,
  QUEUE,
  setRules,
  storeWish,
  wishQuery,
  type Community,
  type Tried,
} from "../../api/moderation";
import { Notice } from "../../components/notice";
import shared from "../../components/shared.module.css";
import { fixedPercent } from "../../lib/format";
import { excerpt } from "../../lib/text";
import { useAction } from "../../signed-in/use-action";
import { basisWords, outlookWords, promiseWords } from "./outlook-words";
import { ScoreHistogram } from "./score-histogram";
import classes from "./thresholds-view.module.css";

const MOVING_MS = 250;
const KINDS: readonly { kind: Wish["kind"]; before: string; after: string; usual: number }[] = [
  { kind: "precision", before: "at least", after: "of 100 flags are right", usual: 90 },
  { kind: "load", before: "at most", after: "flags a day", usual: 30 },
  { kind: "recall", before: "miss at most", after: "of 100 that need action", usual: 5 },
];

/** How a wish is typed, and how it is sent: shares in hundredths, misses instead of hits. */
const typedOf = ({ kind, value }: Wish): number =>
  kind === "load" ? value : Math.round((kind === "recall" ? 1 - value : value) * 1000) / 10;
const wishOf = (kind: Wish["kind"], typed: number): Wish => ({
  kind,
  value: kind === "load" ? typed : Number((kind === "recall" ? 1 - typed / 100 : typed / 100).toFixed(4)),
});
const isValid = ({ kind, value }: Wish): boolean => value > 0 && (kind === "load" || value < 1);

interface ThresholdsViewProps {
  community: Community;
  /** Whether who is signed in may change them. */
  mayApply: boolean;
}

/** Thresholds by wish, or by hand, with what they would do. Nothing changes before Apply. */
export function ThresholdsView({ community, mayApply }: ThresholdsViewProps) {
  const { data: stored, failureReason } = useQuery(wishQuery(community));
  return (
    <>
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {stored ? (
        <Chooser key={JSON.stringify(stored)} community={community} stored={stored} mayApply={mayApply} />
      ) : null}
    </>
  );
}

interface ChooserProps extends ThresholdsViewProps {
  stored: StoredWish;
}

type Chosen = { wish: Wish } | { pass_below: number; flag_from: number };

const triedOf = (chosen: Chosen): Tried => ("wish" in chosen ? chosen.wish : chosen);

function Chooser({ community, stored, mayApply }: ChooserProps) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen>(
    stored.wish ? { wish: stored.wish } : { pass_below: stored.pass_below, flag_from: stored.flag_from ?? 1 },
  );
  const [tried] = useDebouncedValue(chosen, MOVING_MS);
  const valid = !("wish" in tried) || isValid(tried.wish);
  const { data: preview, failureReason } = useQuery({
    ...previewQuery(community, triedOf(tried)),
    enabled: valid,
  });
  const applying = useAction(async () => {
    if ("wish" in chosen) await storeWish(community, chosen.wish);
    else await setRules(community, chosen);
    await client.invalidateQueries({ queryKey: QUEUE });
  });
  const handles =
    "wish" in chosen
      ? { pass_below: preview?.pass_below ?? stored.pass_below, flag_from: preview?.flag_from ?? 1 }
      : chosen;
  return (
    <div className={classes.view}>
      <WishChoice chosen={chosen} handles={handles} onChoose={setChosen} />
      {failureReason ? (
        <Notice title={asApiError(failureReason).title} detail={asApiError(failureReason).detail} />
      ) : null}
      {preview ? (
        <>
          <ScoreHistogram
            histogram={preview.histogram}
            passBelow={handles.pass_below}
            flagFrom={handles.flag_from}
          />
          <Handles {...handles} onMove={setChosen} />
          <Outlook preview={preview} />
        </>
      ) : null}
      {mayApply ? (
        <Button disabled={applying.pending || !valid} onClick={() => applying.run()}>
          {"wish" in chosen ? "Apply the wish" : "Apply these thresholds"}
        </Button>
      ) : (
        <p className={classes.quiet}>To apply it, sign in with a key that has the scope “classifiers”.</p>
      )}
      {applying.notice}
      {preview ? <Nearest preview={preview} /> : null}
    </div>
  );
}

interface WishChoiceProps {
  chosen: Chosen;
  handles: { pass_below: number; flag_from: number };
  onChoose: (chosen: Chosen) => void;
}

function WishChoice({ chosen, handles, onChoose }: WishChoiceProps) {
  const wish = "wish" in chosen ? chosen.wish : undefined;
  return (
    <fieldset className={classes.wishes}>
      <legend className={shared.title}>I want</legend>
      {KINDS.map(({ kind, before, after, usual }) => {
        const typed = wish?.kind === kind ? typedOf(wish) : usual;
        return (
          <label key={kind}>
            <input
              type="radio"
              name="wish"
              checked={wish?.kind === kind}
              onChange={() => onChoose({ wish: wishOf(kind, usual) })}
            />
            {before}
            <input
              type="number"
              aria-label={`${before} how many ${after}`}
              min={kind === "load" ? 1 : 0.1}
              max={kind === "load" ? 999_999 : 99.9}
              step="any"
              value={typed}
              onChange={(event) => onChoose({ wish: wishOf(kind, event.currentTarget.valueAsNumber || 0) })}
            />
            {after}
          </label>
        );
      })}
      <label>
        <input type="radio" name="wish" checked={!wish} onChange={() => onChoose(handles)} />
        these two thresholds
      </label>
    </fieldset>
  );
}

interface HandlesProps {
  pass_below: number;
  flag_from: number;
  onMove: (chosen: Chosen) => void;
}

/** The two thresholds, moved by pointer or arrow keys. Moving one means choosing by hand. */
function Handles({ pass_below: pass, flag_from: flag, onMove }: HandlesProps) {
  const slider = (label: string, value: number, move: (value: number) => Chosen) => (
    <label>
      <span>
        {label} {fixedPercent(value, 0)}
      </span>
      <input
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={value}
        aria-valuetext={fixedPercent(value, 0)}
        onChange={(event) => onMove(move(event.currentTarget.valueAsNumber))}
      />
    </label>
  );
  return (
    <div className={classes.handles}>
      {slider("Approve below", pass, (value) => ({ pass_below: value, flag_from: Math.max(value, flag) }))}
      {slider("Flag from", flag, (value) => ({ pass_below: Math.min(value, pass), flag_from: value }))}
    </div>
  );
}

function Outlook({ preview }: { preview: Preview }) {
  const promise = promiseWords(preview);
  return (
    <div role="status" data-estimate={preview.is_estimate || undefined} className={classes.outlook}>
      {promise === undefined ? null : <p>{promise}</p>}
      <ul>
        {outlookWords(preview).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <p className={classes.quiet}>{basisWords(preview)} In brackets: 95% intervals.</p>
    </div>
  );
}

/** People set thresholds by reading. */
function Nearest({ preview }: { preview: Preview }) {
  return (
    <>
      <Near title="Nearest to “flag from”" comments={preview.near_flag} />
      <Near title="Nearest to “approve below”" comments={preview.near_pass} />
      <Near title="Approved comments that would be flagged" comments={preview.approved_flagged} />
    </>
  );
}

function Near({ title, comments }: { title: string; comments: readonly NearComment[] }) {
  if (comments.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className={classes.near}>{title}</h2>
      <ul>
        {comments.map(({ item, score }) => (
          <li key={item.number}>
            <b>{fixedPercent(score, 0)}</b> <span dir="auto">{excerpt(item.text)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
