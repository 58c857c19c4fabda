import { useEffect, useRef, useState } from "react";

import classes from "./contents.module.css";

interface Entry {
  id: string;
  title: string;
}

/** The sections of the article around it, as they come and go: not every result has each of them. */
export function Contents() {
  const nav = useRef<HTMLElement>(null);
  const [entries, setEntries] = useState<Entry[]>([]);
  useEffect(() => {
    const article = nav.current?.closest("article");
    if (!article) return;
    const read = () => {
      const next = entriesOf(article);
      setEntries((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    read();
    const observer = new MutationObserver(read);
    observer.observe(article, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  return (
    <nav ref={nav} aria-label="On this page" className={classes.contents} data-screen-only>
      <ul>
        {entries.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const entriesOf = (article: HTMLElement): Entry[] =>
  [...article.querySelectorAll<HTMLElement>("section[aria-labelledby]")].map((section) => ({
    id: section.id,
    title: section.querySelector("h2")?.textContent ?? "",
  }));
