/**
 * Pages that are loaded when they are opened. Where the server is away meanwhile, the page comes by itself once it is
 * back; where the server has a newer build, whose parts have other names, that is said, with the way to it.
 */
import { Skeleton } from "@mantine/core";
import { Component, lazy, useEffect, useState, type ComponentType, type ReactNode } from "react";

import { Notice } from "./components/notice";

type Load = () => Promise<ComponentType>;

const LONGEST_PAUSE_MS = 4000;
const SLOW_MS = 2000;
/** A page that can't be loaded so soon after the tab was is no matter of waiting: loading again would go on for ever. */
const SETTLED_MS = 10_000;

/** By then the first page has what it needs; not every browser says when it is idle. */
const AHEAD_MS = 1500;

const loads: Load[] = [];

export function lazyPage(load: Load) {
  loads.push(load);
  return lazy(async () => ({ default: await persistently(load) }));
}

/** Loads all pages a little after the first one, so that a server that goes away later is not missed. */
export function loadPagesAhead(): void {
  // A page that does not come now is loaded when it is opened, and its failure shown there.
  setTimeout(() => loads.forEach((load) => void load().catch(() => undefined)), AHEAD_MS);
}

/** What it needs of the world, so that tests need not wait nor reload. */
const WORLD = {
  reload: () => window.location.reload(),
  aliveMs: () => performance.now(),
  pauseMs: (failures: number) => Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS),
};

/**
 * A page, or the notice that there is a newer one. A browser never asks again for a module that failed, so once the
 * server is back the whole tab is loaded again. Throws where that would not help.
 */
export async function persistently(load: Load, { reload, aliveMs, pauseMs } = WORLD): Promise<ComponentType> {
  try {
    return await load();
  } catch (error) {
    for (let failures = 0; ; failures += 1) {
      const build = await currentBuild();
      if (build === "newer") return NewerPage;
      if (build === "same") break;
      await new Promise((resolve) => setTimeout(resolve, pauseMs(failures)));
    }
    if (aliveMs() < SETTLED_MS) throw error;
    reload();
    return await new Promise(() => undefined); // the tab goes
  }
}

/** Whether the server's page begins with the script that this one began with; "away" while there is no answer. */
async function currentBuild(): Promise<"same" | "newer" | "away"> {
  const own =
    document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src") ?? "";
  try {
    const response = await fetch("/", { cache: "no-store", headers: { Accept: "text/html" } });
    if (!response.ok) return "away";
    return (await response.text()).includes(own) ? "same" : "newer";
  } catch {
    return "away"; // which is what is being found out
  }
}

interface PageBoundaryState {
  error: Error | undefined;
}

/** In place of a page that broke: what happened, and the way on. A new `key` gives the next page its chance. */
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
        title="This page broke"
        detail={`${error.message} Load it again; if it stays, tell whoever runs this server.`}
        action={LOAD_AGAIN}
      />
    );
  }
}

const LOAD_AGAIN = { label: "Load it again", run: () => window.location.reload() };

function NewerPage() {
  return (
    <Notice
      title="There is a newer version of this page"
      detail="The server was updated since this tab was opened. Load it again to go on; what is in its fields is lost, so save a result first."
      action={LOAD_AGAIN}
    />
  );
}

/** While a page is loaded: nothing for a moment, then its outline, and words where it takes long. */
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
        detail="This page is not loaded yet."
        meanwhile="Trying again by itself…"
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
