import "fake-indexeddb/auto";
import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

import { server } from "./server";

configure({ asyncUtilTimeout: 5000 }); // a busy machine is no failure

const unknown: string[] = [];

// What jsdom lacks and Mantine or the page asks for.
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
document.elementsFromPoint = () => [];
Element.prototype.scrollIntoView = () => undefined;
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  if (this.open) this.dispatchEvent(new Event("close"));
  this.open = false;
};
// jsdom lays nothing out, and a list that draws what is in sight would draw nothing.
Object.defineProperties(Element.prototype, {
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 800 },
});

beforeAll(() =>
  server.listen({
    onUnhandledFrame: async ({ frame, defaults }) => {
      unknown.push(await frame.getUnhandledMessage());
      defaults.error();
    },
  }),
);
afterEach(() => {
  cleanup();
  server.resetHandlers();
  window.history.replaceState(null, "", "/");
  expect(unknown.splice(0), "requests that no handler knows").toEqual([]);
});
afterAll(() => server.close());
