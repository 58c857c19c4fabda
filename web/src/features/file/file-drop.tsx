import { useState } from "react";

import { QuietButton } from "../../components/quiet-button";
import { useFilledBeforeHydration, useHydrated } from "../../lib/hydration";
import { exampleFile } from "./example-file";
import classes from "./file-drop.module.css";
import { JobList } from "./job-list";
import { session } from "./session";

/** A field to drop or choose a file. */
export function FileDrop({ reading }: { reading: string | undefined }) {
  const takenOver = useHydrated();
  const [over, setOver] = useState(false);
  const field = useFilledBeforeHydration<HTMLInputElement>(openChosen);
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
          {reading === undefined ? "Drop a file here, or click to choose one" : `Reading ${reading}…`}
        </span>{" "}
        <span className={classes.kinds}>
          CSV, TSV, JSON, JSONL, or plain text with one text per line. Up to 100 MB.
        </span>
        <input
          ref={field}
          type="file"
          className={classes.input}
          aria-label="File with texts"
          accept=".csv,.tsv,.tab,.json,.jsonl,.ndjson,.txt,.text,text/*"
          onChange={(event) => openChosen(event.currentTarget)}
        />
      </label>
      <p className={classes.example}>
        No file yet?{" "}
        <QuietButton onClick={() => void session.open(exampleFile())}>Try an example: 24 reviews</QuietButton>
      </p>
      {takenOver ? <JobList /> : null}
    </div>
  );
}

function openChosen(field: HTMLInputElement): void {
  const file = field.files?.[0];
  field.value = ""; // so that the same file can be chosen again after an edit
  if (file) void session.open(file);
}
