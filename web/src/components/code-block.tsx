import { CopyButton } from "./copy-button";
import classes from "./code-block.module.css";

/** Code that can be scrolled by keyboard and copied. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className={classes.block}>
      <pre tabIndex={0} role="group" aria-label={label}>
        <code>{code}</code>
      </pre>
      <div className={classes.copy}>
        <CopyButton value={code} label="Copy" />
      </div>
    </div>
  );
}
