/**
 * Restores the scroll position of each history entry: a new page starts at the top, Back and reload return to the previous
 * position. Browsers do this for documents; here one document shows all pages, and content may load late.
 */
import { uuid } from "./uuid";

/** The key of an entry's name in its state. */
const ENTRY = "valenceEntry";
const STORED = "valence-scroll";
/** Stop waiting for the page to become tall enough after this time. */
const RESTORED_WITHIN_MS = 5000;
/** Events that end the restoring, because the user is scrolling. */
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** Starts recording scroll positions; returns a function that stops it. */
export function rememberScroll(): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const tops = stored();
  let restoring = new AbortController();
  let entry = nameEntry();
  let path = window.location.pathname;

  const restore = () => {
    restoring.abort();
    restoring = new AbortController();
    scrollWhenTallEnough(tops[entry] ?? 0, AbortSignal.any([signal, restoring.signal]), () =>
      restoring.abort(),
    );
  };
  const isRestoring = () => !restoring.signal.aborted;

  window.history.scrollRestoration = "manual";
  if (tops[entry]) restore();
  else restoring.abort();
  window.addEventListener(
    "scroll",
    () => {
      if (!isRestoring()) tops[entry] = window.scrollY;
    },
    { passive: true, signal },
  );
  // wouter dispatches the first two events, the browser the third.
  window.addEventListener(
    "pushState",
    () => {
      restoring.abort();
      const from = path;
      path = window.location.pathname;
      const top = from === path ? window.scrollY : 0;
      entry = nameEntry();
      tops[entry] = top;
      if (from !== path) window.scrollTo({ top: 0, behavior: "instant" });
    },
    { signal },
  );
  window.addEventListener("replaceState", () => nameEntry(entry), { signal });
  window.addEventListener(
    "popstate",
    () => {
      entry = nameEntry();
      path = window.location.pathname;
      restore();
    },
    { signal },
  );
  window.addEventListener("pagehide", () => store(tops), { signal });
  return () => listening.abort();
}

/** The current entry's name; if it has none, `name` or a new one. */
function nameEntry(name = uuid()): string {
  const state = window.history.state as Record<string, unknown> | null;
  const known = state?.[ENTRY];
  if (typeof known === "string") return known;
  window.history.replaceState({ ...state, [ENTRY]: name }, "");
  return name;
}

/** Scrolls to `top` once the page is tall enough, unless the user scrolls first. Then calls `done`. */
function scrollWhenTallEnough(top: number, signal: AbortSignal, done: () => void): void {
  const end = performance.now() + RESTORED_WITHIN_MS;
  for (const move of MOVES) window.addEventListener(move, done, { once: true, passive: true, signal });
  const step = () => {
    if (signal.aborted) return;
    window.scrollTo({ top, behavior: "instant" });
    if (Math.abs(window.scrollY - top) < 2 || performance.now() > end) done();
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step); // by then the page has rendered
}

type Tops = Record<string, number>;

function stored(): Tops {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as Tops;
  } catch {
    return {}; // storage is blocked or corrupt: a reload starts at the top
  }
}

function store(tops: Tops): void {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(tops));
  } catch {
    // storage is blocked or full: a reload starts at the top
  }
}
