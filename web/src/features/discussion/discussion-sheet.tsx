import { useId, type ReactNode } from "react";

import { Choice } from "../../components/choice";
import { QuietButton } from "../../components/quiet-button";
import shared from "../../components/shared.module.css";
import { count, counted } from "../../lib/format";
import { useFilledBefore } from "../../lib/taken-over";
import classes from "./discussion-sheet.module.css";
import { draftStore } from "./draft";
import { EXAMPLE_THREAD } from "./example-thread";
import type { Comment, Cut } from "./thread";

const CUTS: readonly { value: Cut; name: string }[] = [
  { value: "names", name: "at each name and colon" },
  { value: "blocks", name: "at empty lines" },
  { value: "lines", name: "at each line" },
];
const PLACEHOLDER = `Ann: I really like where this is going.
Ben: > where this is going
Downhill, if you ask me.`;

interface DiscussionSheetProps {
  text: string;
  cut: Cut;
  comments: readonly Comment[];
  /** So many of them are scored here. */
  most: number;
  choices: ReactNode;
}

/** The discussion as it was pasted, and how it is split. */
export function DiscussionSheet({ text, cut, comments, most, choices }: DiscussionSheetProps) {
  const summary = useId();
  const field = useFilledBefore<HTMLTextAreaElement>(({ value }) => draftStore.change({ text: value }));
  return (
    <section className={`${shared.card} ${shared.raised} ${classes.sheet}`} aria-label="The discussion">
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
        {text.trim() === "" ? (
          <QuietButton onClick={() => draftStore.change({ text: EXAMPLE_THREAD, cut: undefined })}>
            Try an example
          </QuietButton>
        ) : (
          <>
            <Choice
              label="Split"
              value={cut}
              options={CUTS}
              onChoose={(next) => draftStore.change({ cut: next as Cut })}
            />
            <QuietButton onClick={() => draftStore.change({ text: "", cut: undefined })}>Clear</QuietButton>
          </>
        )}
      </div>
    </section>
  );
}

function summaryOf(comments: readonly Comment[], most: number): string {
  if (comments.length === 0) return "There are only quotes, so there is nothing to score.";
  const authors = new Set(comments.flatMap(({ author }) => author ?? [])).size;
  const quotes = comments.filter(({ quote }) => quote !== "").length;
  return [
    counted(comments.length, "comment"),
    ...(authors > 0 ? [counted(authors, "person", "people")] : []),
    ...(comments.length > most
      ? [`of which the first ${count(most)} are scored (“Many texts” takes more)`]
      : []),
    ...(quotes > 0 ? [`${counted(quotes, "quote")} ignored`] : []),
  ].join(", ");
}
