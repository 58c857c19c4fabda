import type { Sides } from "../lib/labels";
import { segmentsOf, tipOf, type WordEffect } from "./effects";
import classes from "./marked-text.module.css";

interface MarkedTextProps {
  text: string;
  effects: readonly WordEffect[];
  sides: Sides | undefined;
  highlighted: number | undefined;
}

/**
 * The marks behind the text field. Hidden from screen readers, which get the same from the lists of words.
 */
export function MarkedText({ text, effects, sides, highlighted }: MarkedTextProps) {
  return (
    <div className={classes.marks} dir="auto" aria-hidden="true">
      {segmentsOf(text, effects).map(({ start, text: piece, effect }) =>
        effect && effect.level > 0 ? (
          <span
            key={start}
            className={classes.mark}
            data-start={start}
            data-side={effect.side}
            data-level={effect.level}
            data-tip={sides && highlighted === start ? tipOf(effect, sides) : undefined}
          >
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
      {/* Gives an empty last line its height. */}
      {"\u200b"}
    </div>
  );
}

/** The start of the marked word at a point on the screen. The field covers the marks, so they get no events. */
export function wordAt(x: number, y: number): number | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const start = element instanceof HTMLElement ? element.dataset["start"] : undefined;
    if (start !== undefined) return Number(start);
  }
  return undefined;
}
