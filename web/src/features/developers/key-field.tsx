import classes from "./key-field.module.css";

/** A key for the calls below. It stays in this tab's memory, and goes to this server alone. */
export function KeyField({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  return (
    <div className={classes.field}>
      <label htmlFor="api-key">Your key, for calls that need one</label>
      <input
        id="api-key"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-describedby="api-key-note"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <p id="api-key-note">
        Whoever runs this server makes one with <code>valence keys create</code>. It is kept in this tab only,
        and is sent with what you try below.
      </p>
    </div>
  );
}
