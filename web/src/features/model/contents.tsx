import { useEffect, useRef, useState } from "react";

import classes from "./contents.module.css";

interface Entry {
  id: string;
  title: string;
}

/** Lists the sections of the surrounding article. Observes it, because which sections exist depends on the result. */
export function Contents() {
  const nav = useRef<HTMLElement>(null);
  const [entries, setEntries] = useState<Entry[]>([]);
  useEffect(() => {
    const article = nav.current?.closest("article");
    if (!article) return;
    const update = () => {
      const next = entriesOf(article);
      setEntries((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    update();
    const observer = new MutationObserver(update);
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
