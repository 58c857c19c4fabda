import { useEffect, useRef, type ReactNode } from "react";

import classes from "./fold.module.css";

interface FoldProps {
  /** By which an address finds it, as in /model#threshold. */
  id: string;
  title: string;
  /** What is in it, in a few words. */
  about?: string;
  children: ReactNode;
}

/**
 * A section that is closed until it is wanted: by its heading, by an address with its id, or by the browser's own search,
 * which opens what it finds.
 */
export function Fold({ id, title, about, children }: FoldProps) {
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const openIfMeant = () => {
      if (!fold.current || window.location.hash !== `#${id}`) return;
      fold.current.open = true;
      fold.current.scrollIntoView();
    };
    openIfMeant(); // it comes after the address was followed
    window.addEventListener("hashchange", openIfMeant);
    return () => window.removeEventListener("hashchange", openIfMeant);
  }, [id]);
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={classes.section}>
      <details ref={fold} className={classes.fold}>
        <summary>
          <h2 id={`${id}-title`}>{title}</h2> {about === undefined ? null : <span>{about}</span>}
        </summary>
        <div className={classes.content}>{children}</div>
      </details>
    </section>
  );
}
