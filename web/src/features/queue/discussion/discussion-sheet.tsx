import { useId, useState, type ReactNode } from "react";

import { Choice } from "../../../components/choice";
import { QuietButton } from "../../../components/quiet-button";
import shared from "../../../components/shared.module.css";
import type { DiscussionResponse } from "../../../api/generated";
import { count, counted, sentenceCase } from "../../../lib/format";
import { STORED_FOR } from "../../../lib/browser-store";
import { useRestoredFocus } from "../../../lib/use-restored-focus";
import { useFilledBeforeHydration } from "../../../lib/hydration";
import classes from "./discussion-sheet.module.css";
import { draftStore, type Draft, type DraftStorage } from "./draft";
import { EXAMPLE_THREAD } from "./example-thread";
import type { Comment, Cut } from "./comment";

const CUTS: readonly { value: Cut; name: string }[] = [
  { value: "site", name: "as on its site" },
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
  draft: Draft;
  /** What the server read; undefined until then. */
  read: DiscussionResponse | undefined;
  comments: readonly Comment[];
  /** The limit of comments that are scored. */
  most: number;
  choices: ReactNode;
  keeping: DraftStorage;
  onClear: () => void;
}

/** The text field for the discussion, and how to split it into comments. */
export function DiscussionSheet(props: DiscussionSheetProps) {
  const { draft, read, comments, most, choices, keeping, onClear } = props;
  const { text } = draft;
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
        <p id={summary}>{read ? summaryOf(read, comments, most) : ""}</p>
        <SheetActions draft={draft} read={read} onClear={onClear} />
      </div>
      {read ? <Notes read={read} /> : null}
      {keeping === undefined ? null : <p className={classes.kept}>{NOTES[keeping]}</p>}
    </section>
  );
}

/** Undo and the example for an empty field; splitting and clearing for a text. */
function SheetActions({ draft, read, onClear }: Pick<DiscussionSheetProps, "draft" | "read" | "onClear">) {
  const { text, isWhole } = draft;
  const cut = draft.cut ?? read?.split;
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
          checked={isWhole !== true}
          onChange={(event) => draftStore.change({ isWhole: !event.currentTarget.checked })}
        />
        Leave out quotes and code
      </label>
      {cut === undefined ? null : (
        <Choice
          label="Split"
          value={cut}
          options={CUTS.filter(({ value }) => value !== "site" || cut === "site" || read?.split === "site")}
          onChoose={(next) => draftStore.change({ cut: next as Cut })}
        />
      )}
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

/** What was left out, and what else to know. */
function Notes({ read: { left_out: leftOut, warnings } }: { read: DiscussionResponse }) {
  const notes = [...leftOut.map(({ count: left, why }) => `${count(left)} ${why}.`), ...warnings];
  if (notes.length === 0) return null;
  return <p className={classes.kept}>{notes.join(" ")}</p>;
}

function summaryOf(
  { format, split, comments: found }: DiscussionResponse,
  comments: readonly Comment[],
  most: number,
): string {
  if (found.length === 0) return "There is only quoted text, so there is nothing to score.";
  const authors = new Set(comments.flatMap(({ author }) => author ?? [])).size;
  const quotes = comments.filter(({ quote }) => quote !== "").length;
  return [
    `${split === "site" ? `${sentenceCase(format)}: ` : ""}${counted(comments.length, "comment")}`,
    ...(authors > 0 ? [counted(authors, "person", "people")] : []),
    ...(comments.length > most
      ? [`only the first ${count(most)} are scored (the Files page takes more)`]
      : []),
    ...(quotes > 0 ? [`${counted(quotes, "quote")} ignored`] : []),
  ].join(", ");
}
