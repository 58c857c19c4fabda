import { paths } from "../lib/paths";
import classes from "./shell.module.css";

/** The link to the source code, set at build time. */
const SOURCE = import.meta.env.VITE_SOURCE_URL as string | undefined;

export function Footer() {
  return (
    <footer className={classes.footer}>
      <div className={classes.row}>
        <p>Valence: your own text classifier, trained by replacing one layer. Apache-2.0.</p>
        <ul>
          <li>
            <a href={paths.reference}>API reference</a>
          </li>
          <li>
            <a href={paths.openapi}>OpenAPI document</a>
          </li>
          {SOURCE ? (
            <li>
              <a href={SOURCE}>Source</a>
            </li>
          ) : null}
        </ul>
      </div>
    </footer>
  );
}
