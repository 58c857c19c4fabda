import { useId, type ReactNode } from "react";

import shared from "../../components/shared.module.css";
import classes from "./step.module.css";

interface StepProps {
  number: number;
  title: string;
  children: ReactNode;
}

/** One of the steps on the page. */
export function Step({ number, title, children }: StepProps) {
  const id = useId();
  return (
    <section className={`${shared.card} ${classes.step}`} aria-labelledby={id}>
      <h3 id={id} className={classes.title}>
        <span className={classes.number}>{number}</span> {title}
      </h3>
      {children}
    </section>
  );
}
