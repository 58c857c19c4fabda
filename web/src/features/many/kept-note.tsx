import { QuietButton } from "../../components/quiet-button";
import { KEPT_FOR } from "../../lib/kept";
import type { Keeping } from "./kept-run";
import classes from "./kept-note.module.css";
import type { Run } from "./session";

const NOTES: Readonly<Record<Keeping, string>> = {
  yes: `This file and its results stay in this browser, and nowhere else, for ${KEPT_FOR}: you can close this page and come back.`,
  blocked: "This browser doesn’t let the page keep anything: download the results before you close this tab.",
  "too-large":
    "This file is too large to be kept in the browser: download the results before you close this tab.",
  "other-tab":
    "Another tab keeps its file in this browser, so this one isn’t kept: download the results before you close this tab.",
};

/** Whether the results outlive the tab, and the way to remove them. */
export function KeptNote({ run: { keeping }, onForget }: { run: Run; onForget: () => void }) {
  if (keeping === undefined) return null;
  return (
    <p className={classes.note}>
      {NOTES[keeping]} <QuietButton onClick={onForget}>Forget this file</QuietButton>
    </p>
  );
}
