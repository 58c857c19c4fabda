import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";

import { ColourSchemeChoice } from "../components/colour-scheme-choice";
import { Logo } from "../components/logo";
import { paths } from "../lib/paths";
import { useSignedInHint } from "../lib/signed-in";
import classes from "./shell.module.css";

const PAGES = [
  { path: paths.many, name: "Files" },
  { path: paths.discussion, name: "Discussion" },
  { path: paths.model, name: "Model" },
  { path: paths.developers, name: "API" },
] as const;

export function Header({ tryIt }: { tryIt: string }) {
  const [path] = useLocation();
  const teaches = useSignedInHint("classifiers");
  const moderates = useSignedInHint("moderate");
  const pages = [
    ...(teaches ? [{ path: paths.train, name: "Train" }] : []),
    // Moderators have it as a view of the queue.
    ...PAGES.filter((page) => !moderates || page.path !== paths.discussion),
  ];
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the links may not all fit: scroll to the current one.
    const link = nav.current?.querySelector<HTMLElement>("[aria-current]");
    if (nav.current && link)
      nav.current.scrollLeft = link.offsetLeft - nav.current.offsetLeft - nav.current.clientWidth / 3;
  }, [path]);
  const current = (page: string) => (path === page ? ("page" as const) : undefined);
  return (
    <header className={classes.bar}>
      <div className={classes.row}>
        <Link href={tryIt} className={classes.brand} aria-label="Valence home">
          <Logo />
          <span>Valence</span>
        </Link>
        <nav ref={nav} aria-label="Pages" className={classes.nav}>
          <ul className={classes.links}>
            {moderates ? (
              <li>
                <Link href={paths.queue} className={classes.link} aria-current={current(paths.queue)}>
                  Queue
                </Link>
              </li>
            ) : null}
            <li>
              <Link href={tryIt} className={classes.link} aria-current={current(paths.tryIt)}>
                Try
              </Link>
            </li>
            {pages.map((page) => (
              <li key={page.path}>
                <Link href={page.path} className={classes.link} aria-current={current(page.path)}>
                  {page.name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className={classes.end}>
          <ColourSchemeChoice />
        </div>
      </div>
    </header>
  );
}
