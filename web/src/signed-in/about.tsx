import type { ReactNode } from "react";

import shared from "../components/shared.module.css";
import classes from "./about.module.css";

interface AboutProps {
  title: string;
  /** What people do here, in their order. */
  steps: { name: string; text: ReactNode }[];
  /** What is stored, and when. */
  children: ReactNode;
}

/** What a page is, for who isn't signed in. */
export function About({ title, steps, children }: AboutProps) {
  return (
    <section className={`${shared.card} ${classes.about}`} aria-labelledby="about">
      <h2 id="about" className={shared.title}>
        {title}
      </h2>
      <ol className={classes.stages}>
        {steps.map(({ name, text }) => (
          <li key={name}>
            <b>{name}</b> {text}
          </li>
        ))}
      </ol>
      <p>{children}</p>
    </section>
  );
}
