import { useId, useState, type ReactNode } from "react";

import { Choice } from "../../components/choice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import { STORED_FOR } from "../../lib/browser-store";
import { useRestoredFocus } from "../../lib/use-restored-focus";
import { useFilledBeforeHydration } from "../../lib/hydration";
import classes from "./discussion-sheet.module.css";
import { draftStore, type DraftStorage } from "./draft";
import { EXAMPLE_THREAD } from "./example-thread";
import type { Comment, Cut } from "./thread";

const CUTS: readonly { value: Cut; name: string }[] = [
  { value: "names", name: "at names" },
  { value: "blocks", name: "at empty lines" },
  { value: "lines", name: "at every line" },
];
const NOTES: Readonly<Record<NonNullable<DraftStorage>, string>> = {
  yes: `This discussion is stored only in this browser, for ${STORED_FOR}. “Clear” removes it.`,
  blocked: "This browser blocks storage. The discussion is lost when you close this tab.",
  "too-large": "This discussion is too long to store in the browser. It is lost when you close this tab.",
};
const PLACEHOLDER = `Ann: I really like where this is going.
Ben: > where this is going
Downhill, if you ask me.`;

interface DiscussionSheetProps {
  text: string;
  cut: Cut;
  /** Whether quotes, code and signatures are left out. */
  isCleaned: boolean;
  comments: readonly Comment[];
  /** The limit of comments that are scored. */
  most: number;
  choices: ReactNode;
  keeping: DraftStorage;
  onClear: () => void;
}

/** The text field for the discussion, and how to split it into comments. */
export function DiscussionSheet(props: DiscussionSheetProps) {
  const { text, cut, isCleaned, comments, most, choices, keeping, onClear } = props;
  const summary = useId();
  const container = useRestoredFocus<HTMLElement>(text.trim() === "");
  const field = useFilledBeforeHydration<HTMLTextAreaElement>(({ value }) =>
    draftStore.change({ text: value }),
  );
  return (
    <section
      ref={container}
      tabIndex={-1}
      className={`${shared.card} ${shared.raised} ${shared.place} ${classes.sheet}`}
      aria-label="Discussion"
    >
      <div className={classes.head}>
        <label htmlFor="discussion">Your discussion</label>
        {choices}
      </div>
      <textarea
        ref={field}
        id="discussion"
        dir="auto"
        value={text}
        rows={text === "" ? 7 : 9}
        placeholder={PLACEHOLDER}
        spellCheck={false}
        autoComplete="off"
        aria-describedby={summary}
        onChange={(event) => draftStore.change({ text: event.currentTarget.value })}
      />
      <div className={classes.foot}>
        <p id={summary}>{text.trim() === "" ? "" : summaryOf(comments, most)}</p>
        <SheetActions text={text} cut={cut} isCleaned={isCleaned} onClear={onClear} />
      </div>
      {keeping === undefined ? null : <p className={classes.kept}>{NOTES[keeping]}</p>}
    </section>
  );
}

/** Undo and the example for an empty field; splitting and clearing for a text. */
function SheetActions({
  text,
  cut,
  isCleaned,
  onClear,
}: Pick<DiscussionSheetProps, "text" | "cut" | "isCleaned" | "onClear">) {
  const [cleared, setCleared] = useState<string>();
  if (text.trim() === "") {
    return (
      <>
        {cleared === undefined ? null : (
          <QuietButton onClick={() => draftStore.change({ text: cleared })}>Undo</QuietButton>
        )}
        <QuietButton
          onClick={() => draftStore.change({ text: EXAMPLE_THREAD, cut: undefined, isWhole: undefined })}
        >
          Try an example
        </QuietButton>
      </>
    );
  }
  return (
    <>
      <label className={classes.check}>
        <input
          type="checkbox"
          checked={isCleaned}
          onChange={(event) => draftStore.change({ isWhole: !event.currentTarget.checked })}
        />
        Leave out quotes and code
      </label>
      <Choice
        label="Split"
        value={cut}
        options={CUTS}
        onChoose={(next) => draftStore.change({ cut: next as Cut })}
      />
      <QuietButton
        onClick={() => {
          setCleared(text);
          onClear();
        }}
      >
        Clear
      </QuietButton>
    </>
  );
}

function summaryOf(comments: readonly Comment[], most: number): string {
  if (comments.length === 0) return "There is only quoted text, so there is nothing to score.";
  const authors = new Set(comments.flatMap(({ author }) => author ?? [])).size;
  const quotes = comments.filter(({ quote }) => quote !== "").length;
  return [
    counted(comments.length, "comment"),
    ...(authors > 0 ? [counted(authors, "person", "people")] : []),
    ...(comments.length > most
      ? [`only the first ${count(most)} are scored (the Files page takes more)`]
      : []),
    ...(quotes > 0 ? [`${counted(quotes, "quote")} ignored`] : []),
  ].join(", ");
}
