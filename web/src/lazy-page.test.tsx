import { MantineProvider } from "@mantine/core";
import { render, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { Suspense, type ComponentType } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { lazyPage, PageBoundary, PageLoading, loadWithRetry } from "./lazy-page";
import { server } from "./test/server";

const OWN = "/assets/index-own.js";
const built = (script: string) =>
  http.get("*/", () => HttpResponse.html(`<script type="module" src="${script}"></script>`));
const Page: ComponentType = () => <h1>Here</h1>;
const failing = () => Promise.reject(new TypeError("Failed to fetch"));

beforeEach(() => {
  const script = document.createElement("script");
  script.type = "module";
  script.setAttribute("src", OWN);
  script.dataset["test"] = "own";
  document.head.append(script);
});
afterEach(() => document.querySelector("[data-test=own]")?.remove());

describe("loadWithRetry", () => {
  const world = (pageAgeMs: number) => ({ reload: vi.fn(), pageAgeMs: () => pageAgeMs, pauseMs: () => 0 });

  it("reloads the tab once the server is back", async () => {
    let calls = 0;
    server.use(
      http.get("*/", () => {
        calls += 1;
        return calls < 4 ? HttpResponse.error() : HttpResponse.html(`<script src="${OWN}"></script>`);
      }),
    );
    const own = world(60_000);
    void loadWithRetry(failing, own);
    await waitFor(() => expect(own.reload).toHaveBeenCalledOnce());
    expect(calls).toBe(4);
  });

  it("gives up if the tab was just loaded", async () => {
    server.use(built(OWN));
    const own = world(500);
    await expect(loadWithRetry(failing, own)).rejects.toThrow("Failed to fetch");
    expect(own.reload).not.toHaveBeenCalled();
  });
});

function show(load: () => Promise<ComponentType>) {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React says that a boundary caught something
  const Lazy = lazyPage(load);
  render(
    <MantineProvider env="test">
      <PageBoundary>
        <Suspense fallback={<PageLoading />}>
          <Lazy />
        </Suspense>
      </PageBoundary>
    </MantineProvider>,
  );
}

it("offers to reload if there is a newer version", async () => {
  server.use(built("/assets/index-other.js"));
  show(failing);
  expect(await screen.findByRole("alert")).toHaveTextContent("A newer version is available");
  expect(screen.getByRole("button", { name: "Reload" })).toBeVisible();
});

it("reports a page that crashed", async () => {
  show(() =>
    Promise.resolve(() => {
      throw new Error("No such thing.");
    }),
  );
  expect(await screen.findByRole("alert")).toHaveTextContent(/This page crashed.*No such thing\./);
});

it("says if the server doesn't answer, and shows the page once loaded", async () => {
  let come: (page: ComponentType) => void = () => undefined;
  show(() => new Promise((resolve) => (come = resolve)));
  expect(await screen.findByRole("alert")).toHaveTextContent(/doesn’t answer.*automatically/);
  come(Page);
  expect(await screen.findByRole("heading", { name: "Here" })).toBeVisible();
});
