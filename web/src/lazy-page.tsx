/**
 * Pages that load when they are opened. If the server is down, the page loads once it is back. If the server has a newer
 * build, whose files have other names, the user is asked to reload.
 */
import { Skeleton } from "@mantine/core";
import { Component, lazy, useEffect, useState, type ComponentType, type ReactNode } from "react";

import { Notice } from "./components/notice";

type Load = () => Promise<ComponentType>;

const LONGEST_PAUSE_MS = 4000;
const SLOW_MS = 2000;
/** If a page fails to load this soon after the tab opened, reloading wouldn't help and would never end. */
const SETTLED_MS = 10_000;

/** Late enough for the first page to have loaded; not every browser has an idle callback. */
const AHEAD_MS = 1500;

const loads: Load[] = [];

export function lazyPage(load: Load) {
  loads.push(load);
  return lazy(async () => ({ default: await loadWithRetry(load) }));
}

/** Loads all pages shortly after the first one, so that they open even if the server goes down. */
export function preloadPages(): void {
  // A page that fails now is loaded again when it is opened, and shows its error then.
  setTimeout(() => loads.forEach((load) => void load().catch(() => undefined)), AHEAD_MS);
}

/** Injected, so that tests neither wait nor reload. */
const BROWSER = {
  reload: () => window.location.reload(),
  pageAgeMs: () => performance.now(),
  pauseMs: (failures: number) => Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS),
};

/**
 * The page, or a notice that there is a newer build. A browser never requests a failed module again, so the tab is
 * reloaded once the server is back. Throws if that wouldn't help.
 */
export async function loadWithRetry(
  load: Load,
  { reload, pageAgeMs, pauseMs } = BROWSER,
): Promise<ComponentType> {
  try {
    return await load();
  } catch (error) {
    for (let failures = 0; ; failures += 1) {
      const build = await currentBuild();
      if (build === "newer") return NewerBuild;
      if (build === "same") break;
      await new Promise((resolve) => setTimeout(resolve, pauseMs(failures)));
    }
    if (pageAgeMs() < SETTLED_MS) throw error;
    reload();
    return await new Promise(() => undefined); // the tab is reloading
  }
}

/** Compares the server's entry script with this page's; "down" if the server doesn't answer. */
async function currentBuild(): Promise<"same" | "newer" | "down"> {
  const own =
    document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src") ?? "";
  try {
    const response = await fetch("/", { cache: "no-store", headers: { Accept: "text/html" } });
    if (!response.ok) return "down";
    return (await response.text()).includes(own) ? "same" : "newer";
  } catch {
    return "down"; // no connection
  }
}

interface PageBoundaryState {
  error: Error | undefined;
}

/** Replaces a page that failed with an error message. A new `key` resets it. */
export class PageBoundary extends Component<{ children: ReactNode }, PageBoundaryState> {
  override state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): PageBoundaryState {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Notice
        title="This page crashed"
        detail={`${error.message} Reload it. If the problem persists, tell the server’s administrator.`}
        action={RELOAD}
      />
    );
  }
}

const RELOAD = { label: "Reload", run: () => window.location.reload() };

function NewerBuild() {
  return (
    <Notice
      title="A newer version is available"
      detail="The server was updated after you opened this tab. Reload to continue. Unsaved input is lost, so download any results first."
      action={RELOAD}
    />
  );
}

/** Shown while a page loads: a skeleton, then a notice if it takes long. */
export function PageLoading() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  if (slow) {
    return (
      <Notice
        title="The server doesn’t answer"
        detail="This page hasn’t loaded yet."
        meanwhile="Retrying automatically…"
      />
    );
  }
  return (
    <div aria-hidden="true">
      <Skeleton height={44} width="min(26rem, 90%)" />
      <Skeleton height={20} mt="md" width="min(34rem, 100%)" />
      <Skeleton height={260} mt={40} />
    </div>
  );
}
