import { useMemo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import classes from "./markdown.module.css";

// The page has its own h1 and h2, so the card's headings start at h3. Tables may be wider than a phone.
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
 * Markdown from a model's folder, without HTML, images, or links other than to the web. `title` labels its tables for
 * screen readers.
 */
export function Markdown({ title, children }: { title: string; children: string }) {
  const components = useMemo(() => componentsOf(title), [title]); // new functions would remount everything
  return (
    <div className={classes.markdown}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} skipHtml components={components}>
        {children}
      </ReactMarkdown>
    </div>
  );
}
