import { useEffect, useRef, type ReactNode } from "react";

import classes from "./collapsible-section.module.css";

interface CollapsibleSectionProps {
  /** The section's fragment, as in /model#threshold. */
  id: string;
  title: string;
  /** A short description. */
  about?: string;
  children: ReactNode;
}

/**
 * A section that starts closed. Its heading, a link to its id, or the browser's find command opens it.
 */
export function CollapsibleSection({ id, title, about, children }: CollapsibleSectionProps) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const openIfLinked = () => {
      if (!details.current || window.location.hash !== `#${id}`) return;
      details.current.open = true;
      details.current.scrollIntoView();
    };
    openIfLinked(); // the section may render after navigation
    window.addEventListener("hashchange", openIfLinked);
    return () => window.removeEventListener("hashchange", openIfLinked);
  }, [id]);
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={classes.section}>
      <details ref={details} className={classes.details}>
        <summary>
          <h2 id={`${id}-title`}>{title}</h2> {about === undefined ? null : <span>{about}</span>}
        </summary>
        <div className={classes.content}>{children}</div>
      </details>
    </section>
  );
}
