import type { ReactNode } from "react";

import classes from "./page-hero.module.css";

/** What a page is for: its heading, and a sentence below. */
export function PageHero({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.hero}>
      <h1>{title}</h1>
      <p>{children}</p>
    </div>
  );
}
