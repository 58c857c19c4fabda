import type { ReactNode } from "react";

import classes from "./page-hero.module.css";

/** A page's heading and introduction. */
export function PageHero({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.hero}>
      <h1>{title}</h1>
      <p>{children}</p>
    </div>
  );
}
