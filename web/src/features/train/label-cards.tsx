import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import type { Classifier } from "../../api/generated";
import { Notice } from "../../components/notice";
import { QuietButton } from "../../components/quiet-button";
import { count, percent } from "../../lib/format";
import { probability } from "../../lib/units";
import classes from "./label-cards.module.css";
import { useCards, type Cards } from "./use-cards";
import { goalOf, labelText, totalOf } from "../../signed-in/words";

interface LabelCardsProps {
  classifier: Classifier;
  onChanged: () => void;
  /** More texts are wanted. */
  onMore: () => void;
}

/** One text at a time: the keys 1 to 9 label it, S skips it, Z undoes. */
export function LabelCards({ classifier, onChanged, onMore }: LabelCardsProps) {
  const { labels, multi_label: several } = classifier;
  const cards = useCards(classifier, onChanged);
  const region = useRef<HTMLDivElement>(null);
  const { chosen, toggle } = useChosen(cards.card?.example.id);
  const give = (label: string) => (several ? toggle(label) : cards.label([label]));
  const onKeyDown = (event: KeyboardEvent) => {
    const action = keyAction(event, labels, several);
    if (!action) return;
    event.preventDefault();
    region.current?.focus({ preventScroll: true });
    if (action === "skip") cards.skip();
    else if (action === "undo") cards.undo();
    else if (action === "save") cards.label(chosen);
    else give(action.label);
  };
  useEffect(() => region.current?.focus({ preventScroll: true }), []);
  return (
    <div
      ref={region}
      role="group"
      aria-label="Text to label"
      aria-describedby="card-keys"
      tabIndex={0}
      className={classes.region}
      onKeyDown={onKeyDown}
    >
      <Progress classifier={classifier} />
      {cards.error ? (
        <Notice
          title={cards.error.title}
          detail={cards.error.detail}
          action={{ label: "Try again", run: cards.retry }}
        />
      ) : null}
      {cards.card ? (
        <Card cards={cards} />
      ) : (
        <p className={classes.none}>
          {cards.pending ? "Choosing the next text…" : "Every text is labelled or skipped."}
        </p>
      )}
      <Labels labels={labels} chosen={several ? chosen : undefined} disabled={!cards.card} onGive={give} />
      <Actions cards={cards} several={several} chosen={chosen} onMore={onMore} />
    </div>
  );
}

/** The labels that were chosen for a text that can have several. */
function useChosen(id: number | undefined): { chosen: string[]; toggle: (label: string) => void } {
  const [state, setState] = useState<{ id: number | undefined; chosen: string[] }>({ id, chosen: [] });
  const chosen = state.id === id ? state.chosen : [];
  const toggle = (label: string) =>
    setState({
      id,
      chosen: chosen.includes(label) ? chosen.filter((other) => other !== label) : [...chosen, label],
    });
  return { chosen, toggle };
}

type KeyAction = "skip" | "undo" | "save" | { label: string };

/** What a key does; undefined for other keys. */
function keyAction(
  { key, altKey, ctrlKey, metaKey }: KeyboardEvent,
  labels: readonly string[],
  several: boolean,
): KeyAction | undefined {
  if (altKey || ctrlKey || metaKey) return undefined;
  if (key === "s" || key === "S") return "skip";
  if (key === "z" || key === "Z") return "undo";
  if (several && key === "Enter") return "save";
  const label = /^[1-9]$/.test(key) ? labels[Number(key) - 1] : undefined;
  return label === undefined ? undefined : { label };
}

function Progress({ classifier: { examples } }: { classifier: Classifier }) {
  const labelled = totalOf(examples);
  const goal = goalOf(labelled);
  return (
    <p className={classes.progress}>
      <progress value={labelled} max={goal} aria-label="Labelled examples" />
      <span>
        {count(labelled)} of {count(goal)}
      </span>
    </p>
  );
}

function Card({ cards: { card } }: { cards: Cards }) {
  if (!card) return null;
  const { example, picked, suggested, probability: sure } = card;
  return (
    <div className={classes.card}>
      <blockquote dir="auto" aria-live="polite" className={classes.text}>
        {example.text}
      </blockquote>
      <p className={classes.why}>
        {picked === "random" ? "Chosen at random" : "It is unsure of this one"}
        {suggested === null || sure === null
          ? ""
          : ` · it would say ${labelText(suggested)} (${percent(probability(sure))})`}
      </p>
    </div>
  );
}

interface LabelsProps {
  labels: readonly string[];
  /** Of a text that can have several. */
  chosen: readonly string[] | undefined;
  disabled: boolean;
  onGive: (label: string) => void;
}

function Labels({ labels, chosen, disabled, onGive }: LabelsProps) {
  return (
    <div className={classes.labels} role="group" aria-label="Labels">
      {labels.map((label, i) => (
        <button
          key={label}
          type="button"
          className={classes.label}
          disabled={disabled}
          aria-pressed={chosen?.includes(label)}
          aria-keyshortcuts={i < 9 ? `${i + 1}` : undefined}
          onClick={() => onGive(label)}
        >
          {i < 9 ? <kbd>{i + 1}</kbd> : null} {label}
        </button>
      ))}
    </div>
  );
}

interface ActionsProps {
  cards: Cards;
  several: boolean;
  chosen: string[];
  onMore: () => void;
}

function Actions({ cards, several, chosen, onMore }: ActionsProps) {
  return (
    <div className={classes.actions}>
      {several ? (
        <QuietButton onClick={() => cards.label(chosen)}>
          <kbd>Enter</kbd> {chosen.length === 0 ? "No label" : "Save"}
        </QuietButton>
      ) : null}
      <QuietButton onClick={cards.skip}>
        <kbd>S</kbd> Skip
      </QuietButton>
      {cards.canUndo ? (
        <QuietButton onClick={cards.undo}>
          <kbd>Z</kbd> Undo
        </QuietButton>
      ) : null}
      {cards.skipped > 0 && !cards.card ? (
        <QuietButton onClick={cards.again}>Show the skipped ones</QuietButton>
      ) : null}
      <QuietButton onClick={onMore}>Add more texts</QuietButton>
      <p id="card-keys" className={classes.keys}>
        While this box has the focus, the keys 1 to 9 label, S skips and Z undoes.
      </p>
    </div>
  );
}
