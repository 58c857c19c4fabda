import type { Sides } from "../../lib/labels";
import { segmentsOf, tipOf, type Pull } from "./logic";
import classes from "./marked-text.module.css";

interface MarkedTextProps {
  text: string;
  pulls: readonly Pull[];
  sides: Sides | undefined;
  pointed: number | undefined;
}

/**
 * The marks under the words; the words themselves are the field's, which lies on top. Hidden from screen readers, which
 * get the same from the lists of words.
 */
export function MarkedText({ text, pulls, sides, pointed }: MarkedTextProps) {
  return (
    <div className={classes.marks} dir="auto" aria-hidden="true">
      {segmentsOf(text, pulls).map(({ start, text: piece, pull }) =>
        pull && pull.level > 0 ? (
          <span
            key={start}
            className={classes.mark}
            data-start={start}
            data-side={pull.side}
            data-level={pull.level}
            data-tip={sides && pointed === start ? tipOf(pull, sides) : undefined}
          >
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
      {/* A last line that is empty has no height of its own. */}
      {"\u200b"}
    </div>
  );
}

/** Where the marked word under a point of the screen begins. The field is in front, so no mark gets events itself. */
export function wordAt(x: number, y: number): number | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const start = element instanceof HTMLElement ? element.dataset["start"] : undefined;
    if (start !== undefined) return Number(start);
  }
  return undefined;
}
