import { Button } from "@mantine/core";

import { useTrueFor } from "../lib/use-true-for";
import classes from "./reading-progress.module.css";

const SHOWN_AFTER_MS = 2000;

interface ReadingProgressProps {
  /** Whether a file is being sent and read. */
  reading: boolean;
  onCancel: () => void;
}

/** A file that takes long to send or read: says so, with a button that stops it. */
export function ReadingProgress({ reading, onCancel }: ReadingProgressProps) {
  if (!useTrueFor(reading, SHOWN_AFTER_MS)) return null;
  return (
    <div className={classes.progress} role="status">
      <progress aria-label="Reading the file" /> Sending and reading the file…
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
