import { useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useLocationProperty } from "wouter/use-browser-location";

import { paths } from "../lib/paths";
import { Footer } from "./footer";
import { Header } from "./header";
import classes from "./shell.module.css";

export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <Header tryIt={useTryAddress()} />
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
      <Footer />
    </div>
  );
}

/** Moves the focus without changing the fragment, which holds the page's state. */
function focusMain(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** The try page's address including its text, so that visiting another page loses nothing. */
function useTryAddress(): string {
  const [path] = useLocation();
  const onTryPage = path === paths.tryIt;
  const fragment = useLocationProperty(
    () => window.location.hash,
    () => "", // never sent to a server
  );
  const [stored, setStored] = useState(onTryPage ? fragment : "");
  if (onTryPage && stored !== fragment) setStored(fragment);
  return `${paths.tryIt}${stored}`;
}
