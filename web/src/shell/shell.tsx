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
        Skip to the content
      </a>
      <Header tryIt={useTryAddress()} />
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
      <Footer />
    </div>
  );
}

/** Moves the focus without touching the fragment, which holds the page's state. */
function focusMain(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** The first page's address with what was typed there, so that a look at the model loses nothing. */
function useTryAddress(): string {
  const [path] = useLocation();
  const onTryPage = path === paths.tryIt;
  const fragment = useLocationProperty(
    () => window.location.hash,
    () => "", // of which a server never hears
  );
  const [kept, setKept] = useState(fragment);
  if (onTryPage && kept !== fragment) setKept(fragment);
  return `${paths.tryIt}${kept}`;
}
