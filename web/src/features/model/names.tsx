import { Link } from "wouter";

import type { ModelSummary } from "../../api/generated";
import { paths } from "../../lib/paths";
import classes from "./names.module.css";

interface NamesProps {
  models: readonly ModelSummary[] | undefined;
  current: string;
}

/** The models of this server, where there are several. */
export function Names({ models, current }: NamesProps) {
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
