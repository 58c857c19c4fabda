import type { PointerEvent, ReactNode } from "react";

import type { TextAnswer } from "../../api/queries";
import { CopyButton } from "../../components/copy-button";
import { QuietButton } from "../../components/quiet-button";
import { count, counted } from "../../lib/format";
import { useFilledBeforeHydration } from "../../lib/hydration";
import { saveFile } from "../../lib/save-file";
import { codePoints } from "../../lib/text";
import { sidesOf, type WordEffect } from "../../explanation/effects";
import { MarkedText, wordAt } from "../../explanation/marked-text";
import classes from "./text-sheet.module.css";
import type { Answer } from "./use-answer";
import { verdictPicture, type Pictured } from "./verdict-picture";

const PLACEHOLDER = "A review, a comment, a message…";
/** Texts longer than this are set smaller. */
const PARAGRAPH = 220;

interface TextSheetProps {
  text: string;
  answer: Answer;
  limit: number | undefined;
  highlighted: number | undefined;
  onHighlight: (start: number | undefined) => void;
  onText: (text: string) => void;
  choice: ReactNode;
  /** The link to this text. */
  link: string;
}

/** The text field, with the marks behind the words. */
export function TextSheet({
  text,
  answer,
  limit,
  highlighted,
  onHighlight,
  onText,
  choice,
  link,
}: TextSheetProps) {
  const field = useFilledBeforeHydration<HTMLTextAreaElement>(({ value }) => onText(value));
  const refused = answer.error && !answer.error.isTemporary;
  // Never the marks of an earlier text: they would be wrong for the new one.
  const marked = answer.answer && !answer.stale ? answer.answer : undefined;
  return (
    <div className={classes.sheet}>
      <div className={classes.head}>
        <label htmlFor="text">Your text</label>
        {choice}
      </div>
      <div className={classes.scroll}>
        <div className={classes.paper} data-long={text.length > PARAGRAPH || undefined}>
          <MarkedText
            text={text}
            effects={marked ? answer.effects : []}
            sides={marked && sidesOf(marked.scored)}
            highlighted={highlighted}
          />
          <textarea
            ref={field}
            id="text"
            dir="auto"
            rows={1}
            value={text}
            placeholder={PLACEHOLDER}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={answer.tooLong || (refused ?? false)}
            aria-describedby="text-length"
            onChange={(event) => onText(event.currentTarget.value)}
            onPointerMove={(event: PointerEvent) => onHighlight(wordAt(event.clientX, event.clientY))}
            onPointerLeave={() => onHighlight(undefined)}
          />
        </div>
      </div>
      <div className={classes.foot}>
        <Length text={text} limit={limit} />
        {text === "" ? null : (
          <Actions
            link={link}
            pictured={marked && picturedOf(marked, answer.effects)}
            onClear={() => {
              onText("");
              field.current?.focus(); // the button disappears
            }}
          />
        )}
      </div>
    </div>
  );
}

const picturedOf = ({ text, scored, model }: TextAnswer, effects: readonly WordEffect[]): Pictured => ({
  text,
  scored,
  effects,
  model: model.name,
});

interface ActionsProps {
  link: string;
  /** The answer to save as a picture; undefined while there is none to this text. */
  pictured: Pictured | undefined;
  onClear: () => void;
}

function Actions({ link, pictured, onClear }: ActionsProps) {
  const save = async (of: Pictured) => saveFile("valence.png", await verdictPicture(of), "image/png");
  return (
    <div className={classes.actions}>
      {pictured ? <QuietButton onClick={() => void save(pictured)}>Save picture</QuietButton> : null}
      <CopyButton value={link} label="Copy link" />
      <QuietButton onClick={onClear}>Clear</QuietButton>
    </div>
  );
}

function Length({ text, limit }: { text: string; limit: number | undefined }) {
  const length = codePoints(text);
  const near = limit !== undefined && length > 0.8 * limit;
  return (
    <span id="text-length" className={classes.length} data-over={(near && length > limit) || undefined}>
      {near
        ? `${count(length)} of ${counted(limit, "character")}`
        : length > 0 && counted(length, "character")}
    </span>
  );
}
