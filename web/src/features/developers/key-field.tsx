import classes from "./key-field.module.css";

/** The API key for the requests below. It stays in this tab's memory and is sent only to this server. */
export function KeyField({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  return (
    <div className={classes.field}>
      <label htmlFor="api-key">Your API key, for requests that require one</label>
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
        The server’s administrator creates one with <code>valence keys create</code>. It stays in this tab and
        is sent with the requests you try below.
      </p>
    </div>
  );
}
