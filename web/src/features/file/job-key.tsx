import { useId } from "react";

import classes from "./jobs.module.css";

/** The API key for jobs on the server. It stays in this tab. */
export function JobKey({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const id = useId();
  return (
    <div className={classes.key}>
      <label htmlFor={id}>API key with the scope score-files</label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.currentTarget.value.trim())}
      />
      <p id={`${id}-note`}>
        The server’s administrator creates one with <code>valence keys create NAME --scope score-files</code>.
        It stays in this tab.
      </p>
    </div>
  );
}
