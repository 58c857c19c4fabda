import { useState } from "react";

import type { Scored } from "../../api/generated";
import { QuietButton } from "../../components/quiet-button";
import { oddsFactor } from "../../lib/format";
import type { Side } from "../../lib/labels";
import { sidesOf, strongest, type WordEffect } from "../../explanation/effects";
import classes from "./influential-words.module.css";
import type { Answer } from "./use-answer";

const SHOWN = 4;

interface InfluentialWordsProps {
  scored: Scored;
  effects: readonly WordEffect[];
  explanation: Answer["explanation"];
  highlighted: number | undefined;
  /** Undefined while the words belong to an earlier text. */
  onHighlight: ((start: number | undefined) => void) | undefined;
}

/** The words with the largest effect on the answer, by side. */
export function InfluentialWords({
  scored,
  effects,
  explanation,
  highlighted,
  onHighlight,
}: InfluentialWordsProps) {
  const [all, setAll] = useState(false);
  const sides = sidesOf(scored);
  const lists = { left: strongest(effects, "left"), right: strongest(effects, "right") };
  const largest = Math.max(...[...lists.left, ...lists.right].map((effect) => Math.abs(effect.logOdds)));
  const hidden = Math.max(0, lists.left.length - SHOWN) + Math.max(0, lists.right.length - SHOWN);
  if (explanation !== "done") {
    return (
      <p className={classes.quiet}>
        {explanation === "pending"
          ? "Finding the words that matter. This takes longer for a long text…"
          : "The server was too busy to explain such a long text. The answer above still holds."}
      </p>
    );
  }
  if (effects.length > 0 && lists.left.length + lists.right.length === 0) {
    return (
      <p className={classes.quiet}>
        No single word decides. Removing any one of them barely changes the score.
      </p>
    );
  }
  return (
    <div className={classes.words}>
      <div className={classes.lists} onPointerLeave={() => onHighlight?.(undefined)}>
        {(["left", "right"] as const).map((side) => (
          <WordList
            key={side}
            side={side}
            title={sides[side]}
            effects={all ? lists[side] : lists[side].slice(0, SHOWN)}
            largest={largest}
            highlighted={highlighted}
            onHighlight={onHighlight}
          />
        ))}
      </div>
      <p className={classes.caption}>
        How many times each word multiplies the odds, found by leaving it out. Bars show the logarithm.
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

interface WordListProps {
  side: Side;
  title: string;
  effects: readonly WordEffect[];
  largest: number;
  highlighted: number | undefined;
  onHighlight: ((start: number | undefined) => void) | undefined;
}

function WordList({ side, title, effects, largest, highlighted, onHighlight }: WordListProps) {
  return (
    <div className={classes.list} data-side={side}>
      <h3>
        <span className={classes.sample} aria-hidden="true">
          abc
        </span>
        {title}
      </h3>
      {effects.length === 0 ? <p className={classes.none}>none</p> : null}
      <ol>
        {effects.map((effect) => (
          <li
            key={effect.start}
            data-highlighted={highlighted === effect.start || undefined}
            onPointerEnter={() => onHighlight?.(effect.start)}
          >
            <span className={classes.word}>{effect.word}</span>{" "}
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${(Math.abs(effect.logOdds) / largest) * 100}%` }} />
            </span>
            <span className={classes.points}>{oddsFactor(effect.logOdds)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
