import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { navigate } from "wouter/use-browser-location";

import { rememberScroll } from "./scroll-memory";

/** A busy machine is no failure. */
const eventually = (check: () => void) => vi.waitFor(check, 10_000);

let tall = 10_000;
let end = () => {};

/** jsdom lays nothing out: a window that scrolls as far as its page is tall. */
function scrollTo(target: { top: number }) {
  vi.stubGlobal("scrollY", Math.min(target.top, tall));
  window.dispatchEvent(new Event("scroll"));
}

beforeEach(() => {
  tall = 10_000;
  sessionStorage.clear();
  vi.stubGlobal("scrollTo", scrollTo);
  vi.stubGlobal("scrollY", 0);
  window.history.replaceState(null, "", "/many");
  end = rememberScroll();
});
afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

async function back(to: string) {
  window.history.back();
  await eventually(() => expect(window.location.pathname + window.location.hash).toBe(to));
}

it("starts a new page at the top, and returns to the previous position", async () => {
  scrollTo({ top: 700 });
  navigate("/model");
  expect(window.scrollY).toBe(0);
  scrollTo({ top: 300 });
  await back("/many");
  await eventually(() => expect(window.scrollY).toBe(700));
});

it("waits until the page is tall enough", async () => {
  scrollTo({ top: 700 });
  navigate("/model");
  tall = 100;
  await back("/many");
  await eventually(() => expect(window.scrollY).toBe(100));
  tall = 10_000;
  await eventually(() => expect(window.scrollY).toBe(700));
});

it("stops if the user scrolls", async () => {
  scrollTo({ top: 700 });
  navigate("/model");
  tall = 100;
  await back("/many");
  await eventually(() => expect(window.scrollY).toBe(100));
  window.dispatchEvent(new Event("wheel"));
  tall = 10_000;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  expect(window.scrollY).toBe(100);
});

it("doesn't scroll if only the page's state changes", () => {
  scrollTo({ top: 700 });
  navigate("/many#row=3");
  expect(window.scrollY).toBe(700);
});

it("recognises its entry after its state was replaced", async () => {
  scrollTo({ top: 700 });
  window.history.replaceState(null, "", "/many#find=a");
  navigate("/model");
  await back("/many#find=a");
  await eventually(() => expect(window.scrollY).toBe(700));
});

it("restores the position after a reload", async () => {
  scrollTo({ top: 700 });
  window.dispatchEvent(new Event("pagehide"));
  end();
  vi.stubGlobal("scrollY", 0);
  end = rememberScroll();
  await eventually(() => expect(window.scrollY).toBe(700));
});
