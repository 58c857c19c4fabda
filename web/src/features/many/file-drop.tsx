import { useState } from "react";

import { QuietButton } from "../../components/quiet-button";
import { useFilledBefore, useTakenOver } from "../../lib/taken-over";
import { exampleFile } from "./example-file";
import classes from "./file-drop.module.css";
import { JobList } from "./job-list";
import { session } from "./session";

/** Where a file is dropped or chosen. */
export function FileDrop({ reading }: { reading: string | undefined }) {
  const takenOver = useTakenOver();
  const [over, setOver] = useState(false);
  const field = useFilledBefore<HTMLInputElement>(openChosen);
  return (
    <div>
      <label
        className={classes.zone}
        data-over={over || undefined}
        onDragEnter={() => setOver(true)}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
        }}
        onDrop={() => setOver(false)}
      >
        <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true">
          <path d="M12 6h17l9 9v27H12zM29 6v9h9" />
          <path d="M18 24h14M18 30h14M18 36h8" />
        </svg>
        <span className={classes.title}>
          {reading === undefined ? "Drop a file here, or choose one" : `Reading ${reading}…`}
        </span>{" "}
        <span className={classes.kinds}>
          CSV, TSV, JSON, JSONL, or plain text with one text per line; up to 100 MB
        </span>
        <input
          ref={field}
          type="file"
          className={classes.input}
          aria-label="File of texts"
          accept=".csv,.tsv,.tab,.json,.jsonl,.ndjson,.txt,.text,text/*"
          onChange={(event) => openChosen(event.currentTarget)}
        />
      </label>
      <p className={classes.example}>
        No file at hand?{" "}
        <QuietButton onClick={() => void session.open(exampleFile())}>Try an example: 24 reviews</QuietButton>
      </p>
      {takenOver ? <JobList /> : null}
    </div>
  );
}

function openChosen(field: HTMLInputElement): void {
  const file = field.files?.[0];
  field.value = ""; // so that the same file can be chosen again, once it is mended
  if (file) void session.open(file);
}
