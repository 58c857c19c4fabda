import { QuietButton } from "../components/quiet-button";
import { STORED_FOR } from "../lib/browser-store";
import type { SaveState } from "./run";
import classes from "./saved-note.module.css";
import type { Run } from "./run";

const NOTES: Readonly<Record<SaveState, string>> = {
  yes: `This file and its results are stored only in this browser, for ${STORED_FOR}. You can close this page and come back.`,
  blocked: "This browser blocks storage. Download the results before you close this tab.",
  "too-large":
    "This file is too large to store in the browser. Download the results before you close this tab.",
  "other-tab":
    "Another tab is already storing a file in this browser. Download these results before you close this tab.",
};

/** Whether the results survive closing the tab, with a button to remove them. */
export function SavedNote({ run: { saveState }, onForget }: { run: Run; onForget: () => void }) {
  if (saveState === undefined) return null;
  return (
    <p className={classes.note}>
      {NOTES[saveState]} <QuietButton onClick={onForget}>Remove this file</QuietButton>
    </p>
  );
}
