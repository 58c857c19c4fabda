import { MantineProvider } from "@mantine/core";
import { render, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { Suspense, type ComponentType } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { lazyPage, PageBoundary, PageLoading, persistently } from "./lazy-page";
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

describe("persistently", () => {
  const world = (aliveMs: number) => ({ reload: vi.fn(), aliveMs: () => aliveMs, pauseMs: () => 0 });

  it("loads the tab again once the server is back", async () => {
    let calls = 0;
    server.use(
      http.get("*/", () => {
        calls += 1;
        return calls < 4 ? HttpResponse.error() : HttpResponse.html(`<script src="${OWN}"></script>`);
      }),
    );
    const own = world(60_000);
    void persistently(failing, own);
    await waitFor(() => expect(own.reload).toHaveBeenCalledOnce());
    expect(calls).toBe(4);
  });

  it("gives up where the tab was loaded just now, which loading it again would not change", async () => {
    server.use(built(OWN));
    const own = world(500);
    await expect(persistently(failing, own)).rejects.toThrow("Failed to fetch");
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

it("tells of a newer version, with the way to it", async () => {
  server.use(built("/assets/index-other.js"));
  show(failing);
  expect(await screen.findByRole("alert")).toHaveTextContent("There is a newer version of this page");
  expect(screen.getByRole("button", { name: "Load it again" })).toBeVisible();
});

it("tells of a page that broke", async () => {
  show(() =>
    Promise.resolve(() => {
      throw new Error("No such thing.");
    }),
  );
  expect(await screen.findByRole("alert")).toHaveTextContent(/This page broke.*No such thing\./);
});

it("says that the server is away when a page takes long, and shows the page when it comes", async () => {
  let come: (page: ComponentType) => void = () => undefined;
  show(() => new Promise((resolve) => (come = resolve)));
  expect(await screen.findByRole("alert")).toHaveTextContent(/doesn’t answer.*by itself/);
  come(Page);
  expect(await screen.findByRole("heading", { name: "Here" })).toBeVisible();
});
