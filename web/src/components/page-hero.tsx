import type { ReactNode } from "react";

import classes from "./page-hero.module.css";

interface PageHeroProps {
  title: string;
  /** What can be done besides, as a button. */
  action?: ReactNode;
  children: ReactNode;
}

/** A page's heading and introduction. */
export function PageHero({ title, action, children }: PageHeroProps) {
  return (
    <div className={classes.hero}>
      <h1>{title}</h1>
      <div className={classes.lead}>
        <p>{children}</p>
        {action}
      </div>
    </div>
  );
}
