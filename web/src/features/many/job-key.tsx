import { useId } from "react";

import classes from "./jobs.module.css";

/** The key that the server's jobs need. It stays in this tab. */
export function JobKey({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const id = useId();
  return (
    <div className={classes.key}>
      <label htmlFor={id}>Key with the scope score-files</label>
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
        Whoever runs this server makes one with <code>valence keys create NAME --scope score-files</code>. It
        stays in this tab.
      </p>
    </div>
  );
}
