import { useMemo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import classes from "./markdown.module.css";

// The page has an h1 and h2 of its own, so the card's headings go two further down. Tables may be wider than a phone.
const componentsOf = (title: string): Components => ({
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  table: ({ children }) => (
    <div className={classes.scroll} role="region" aria-label={`Table of ${title}`} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  img: () => null,
});

/**
 * Markdown from a model's folder: no HTML of its own, no images from elsewhere, no addresses but web ones.
 * `title` says what it is, for those who hear its tables.
 */
export function Markdown({ title, children }: { title: string; children: string }) {
  const components = useMemo(() => componentsOf(title), [title]); // new ones would be mounted anew each time
  return (
    <div className={classes.markdown}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} skipHtml components={components}>
        {children}
      </ReactMarkdown>
    </div>
  );
}
