import { Link } from "wouter";

import type { ModelSummary } from "../../api/generated";
import { paths } from "../../lib/paths";
import classes from "./model-links.module.css";

interface ModelLinksProps {
  models: readonly ModelSummary[] | undefined;
  current: string;
}

/** Links to this server's models, if there are several. */
export function ModelLinks({ models, current }: ModelLinksProps) {
  if (!models || models.length < 2) return null;
  return (
    <nav aria-label="Models" className={classes.names}>
      <ul>
        {models.map(({ name }) => (
          <li key={name}>
            <Link href={paths.modelNamed(name)} aria-current={name === current ? "page" : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
