import { useState } from "react";

import { useFilledBeforeHydration } from "../lib/hydration";
import classes from "./drop-zone.module.css";

interface DropZoneProps {
  /** The file that is being read. */
  reading: string | undefined;
  onFile: (file: File) => void;
}

/** A field to drop or choose a file. */
export function DropZone({ reading, onFile }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const open = (field: HTMLInputElement) => {
    const file = field.files?.[0];
    field.value = ""; // so that the same file can be chosen again after an edit
    if (file) onFile(file);
  };
  const field = useFilledBeforeHydration<HTMLInputElement>(open);
  return (
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
        CSV, TSV, JSON, JSONL, Excel, Parquet, or plain text with one text per line.
      </span>
      <input
        ref={field}
        type="file"
        className={classes.input}
        aria-label="File with texts"
        accept=".csv,.tsv,.tab,.json,.jsonl,.ndjson,.txt,.text,.xlsx,.parquet,.gz,.zst,.zip,text/*"
        onChange={(event) => open(event.currentTarget)}
      />
    </label>
  );
}
