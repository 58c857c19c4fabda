import { useState } from "react";

import type { Scored } from "../../api/generated";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { size } from "../../lib/format";
import type { Side } from "../../lib/labels";
import { sidesOf, strongest, type Pull } from "./logic";
import classes from "./pull-lists.module.css";
import type { Answer } from "./use-answer";

const SHOWN = 4;

interface PullListsProps {
  scored: Scored;
  pulls: readonly Pull[];
  weighing: Answer["weighing"];
  pointed: number | undefined;
  /** Not given while the words are those of an earlier text, which is not there to be pointed at. */
  onPoint: ((start: number | undefined) => void) | undefined;
}

/** The words that moved the answer, on the side to which they pulled it. */
export function PullLists({ scored, pulls, weighing, pointed, onPoint }: PullListsProps) {
  const [all, setAll] = useState(false);
  const sides = sidesOf(scored);
  const lists = { left: strongest(pulls, "left"), right: strongest(pulls, "right") };
  const furthest = Math.max(...pulls.map((pull) => Math.abs(pull.points)), 1);
  const hidden = Math.max(0, lists.left.length - SHOWN) + Math.max(0, lists.right.length - SHOWN);
  if (weighing !== "done") {
    return (
      <p className={classes.quiet}>
        {weighing === "underway"
          ? "Weighing every word of a long text…"
          : "The server was too busy to weigh the words of such a long text. The answer above still holds."}
      </p>
    );
  }
  if (pulls.length > 0 && lists.left.length + lists.right.length === 0) {
    return (
      <p className={classes.quiet}>
        No single word decides: without any one of them the answer stays the same.
      </p>
    );
  }
  return (
    <div className={classes.words}>
      <div className={classes.lists} onPointerLeave={() => onPoint?.(undefined)}>
        {(["left", "right"] as const).map((side) => (
          <PullList
            key={side}
            side={side}
            title={sides[side]}
            pulls={all ? lists[side] : lists[side].slice(0, SHOWN)}
            furthest={furthest}
            pointed={pointed}
            onPoint={onPoint}
          />
        ))}
      </div>
      <p className={classes.caption}>
        In percentage points: how much the {scored.label} score changes without this word.
      </p>
      {hidden > 0 ? (
        <div className={classes.more}>
          <QuietButton expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show fewer words" : `Show ${hidden} more`}
          </QuietButton>
        </div>
      ) : null}
    </div>
  );
}

interface PullListProps {
  side: Side;
  title: string;
  pulls: readonly Pull[];
  furthest: number;
  pointed: number | undefined;
  onPoint: ((start: number | undefined) => void) | undefined;
}

function PullList({ side, title, pulls, furthest, pointed, onPoint }: PullListProps) {
  return (
    <div className={classes.list} data-side={side}>
      <h3>
        <span className={classes.sample} aria-hidden="true">
          abc
        </span>
        {title}
      </h3>
      {pulls.length === 0 ? <p className={classes.none}>no word</p> : null}
      <ol>
        {pulls.map((pull) => (
          <li
            key={pull.start}
            data-pointed={pointed === pull.start || undefined}
            onPointerEnter={() => onPoint?.(pull.start)}
          >
            <span className={classes.word}>{pull.word}</span>{" "}
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${(Math.abs(pull.points) / furthest) * 100}%` }} />
            </span>
            <span className={classes.points}>
              {size(pull.points)}
              <span className={shared.unseen}> points</span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
