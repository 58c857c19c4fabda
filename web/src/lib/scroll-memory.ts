/**
 * How far the page was scrolled at each entry of the history: a new page begins at its top, Back and a reload return to
 * the place that was left. Browsers do this for whole documents; here one document shows all pages, and what a page shows
 * may come a moment after it.
 */

/** In an entry's state: its own name. */
const ENTRY = "valenceEntry";
const STORED = "valence-scroll";
/** A page that isn't as tall as it was by then won't be. */
const RESTORED_WITHIN_MS = 5000;
/** Whoever does one of these wants to be elsewhere. */
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** Begins to remember, for as long as the document lives; the function that it returns ends it. */
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
  // The router tells of the first two; the browser knows of the third alone.
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

/** The name of the entry that is open; `name`, else a new one, where it has none yet. */
function nameEntry(name: string = `${Date.now().toString(36)}-${window.history.length}`): string {
  const state = window.history.state as Record<string, unknown> | null;
  const known = state?.[ENTRY];
  if (typeof known === "string") return known;
  window.history.replaceState({ ...state, [ENTRY]: name }, "");
  return name;
}

/** Scrolls to `top` as soon as the page reaches so far down, unless somebody moves it first. Calls `done` at its end. */
function scrollWhenTallEnough(top: number, signal: AbortSignal, done: () => void): void {
  const end = performance.now() + RESTORED_WITHIN_MS;
  for (const move of MOVES) window.addEventListener(move, done, { once: true, passive: true, signal });
  const step = () => {
    if (signal.aborted) return;
    window.scrollTo({ top, behavior: "instant" });
    if (Math.abs(window.scrollY - top) < 2 || performance.now() > end) done();
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step); // the page that this is about is drawn by then
}

type Tops = Record<string, number>;

function stored(): Tops {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as Tops;
  } catch {
    return {}; // storage is blocked or spoilt: a reload begins at the top
  }
}

function store(tops: Tops): void {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(tops));
  } catch {
    // storage is blocked or full: a reload begins at the top
  }
}
