import "fake-indexeddb/auto";
import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

import { server } from "./server";

configure({ asyncUtilTimeout: 5000 }); // for busy machines

const unknown: string[] = [];

// Browser features that jsdom lacks.
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
// jsdom has no layout, so a virtual list would render nothing.
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
  expect(unknown.splice(0), "requests without a handler").toEqual([]);
});
afterAll(() => server.close());
