import { paths } from "../lib/paths";
import classes from "./shell.module.css";

/** Where the sources are; the build is told by whoever publishes it, since a copy has another address. */
const SOURCE = import.meta.env.VITE_SOURCE_URL as string | undefined;

export function Footer() {
  return (
    <footer className={classes.footer}>
      <div className={classes.row}>
        <p>Valence: your own text classifier, made by changing one layer. Apache-2.0.</p>
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
