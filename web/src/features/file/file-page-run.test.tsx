import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";

import type { PredictRequest } from "../../api/generated";
import { answerTo, PREDICT, problem, refuse, score } from "../../test/handlers";
import { offerText } from "../../lib/handover";
import { loadItem } from "../../lib/browser-store";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { csv, chooser, choose, run, rows, setUpFilePage } from "./file-page.testing";

setUpFilePage();

describe("A run on the file page", () => {
  it("asks before discarding results unless they were downloaded", async () => {
    const user = await run();
    await user.click(screen.getByRole("button", { name: "New file" }));
    const question = screen.getByRole("alertdialog", { name: "Discard the results for reviews.csv?" });
    expect(question).toHaveTextContent("5 of 5 rows are scored but not downloaded.");
    await user.click(within(question).getByRole("button", { name: "Keep results" }));
    expect(rows()).toHaveLength(5);
    vi.stubGlobal(
      "URL",
      Object.assign(URL, { createObjectURL: () => "blob:", revokeObjectURL: () => undefined }),
    );
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    await user.click(screen.getByRole("button", { name: "Download 5 rows" }));
    await user.click(await screen.findByRole("button", { name: "Remove this file" }));
    expect(chooser()).toBeInTheDocument();
    expect(await loadItem("run-file")).toBeUndefined();
  });

  it("says if the browser blocks storage", async () => {
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    await run();
    expect(await screen.findByText(/browser blocks storage/)).toBeVisible();
    vi.restoreAllMocks();
  });

  it("opens a text from another page with a row per paragraph", async () => {
    offerText("First paragraph.\n\nSecond one.");
    open("/many");
    expect(await screen.findByText(/: 2 rows, 1 column/)).toBeVisible();
    expect(screen.getByRole("cell", { name: "Second one." })).toBeVisible();
  });

  it("asks before a text from another page replaces results", async () => {
    const user = await run();
    await user.click(screen.getByRole("link", { name: "Model" }));
    await screen.findByRole("heading", { level: 1, name: /^Classifies text/ });
    offerText("First paragraph.\n\nSecond one.");
    await user.click(screen.getByRole("link", { name: "Files" }));
    const question = await screen.findByRole("alertdialog", { name: "Replace the current results?" });
    expect(rows()).toHaveLength(5);
    await user.click(within(question).getByRole("button", { name: "Replace" }));
    expect(await screen.findByText(/: 2 rows, 1 column/)).toBeVisible();
  });

  it("stops and resumes", async () => {
    const texts = Array.from({ length: 400 }, (_, i) => `wonderful ${i}`);
    const seen: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { texts: asked = [] } = await request.json();
        if (seen.length >= 200) await held;
        seen.push(...(asked ?? []));
        return HttpResponse.json(answerTo(...(asked ?? []).map((text) => score(text, false))));
      }),
    );
    const user = await choose(csv(texts.join("\n"), "many.txt"));
    await user.click(await screen.findByRole("button", { name: "Score 400 rows" }));
    await waitFor(() =>
      expect(screen.getByRole("progressbar", { name: "Rows scored" })).toHaveAttribute("value", "256"),
    );
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByText("Stopped after 256 rows.")).toBeInTheDocument();
    release();
    await user.click(screen.getByRole("button", { name: "Resume" }));
    await screen.findByText("All 400 rows scored.");
  });

  it("waits for an overloaded server and resumes automatically", async () => {
    let calls = 0;
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        calls += 1;
        const { texts } = await request.json();
        return calls === 1
          ? refuse(problem(429, "too-many-calls", "Too many calls", "Wait a second."), { "Retry-After": "1" })
          : HttpResponse.json(answerTo(...(texts ?? []).map((text) => score(text, false))));
      }),
    );
    const user = await choose();
    await user.click(await screen.findByRole("button", { name: "Score 5 rows" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/Too many calls.*automatically/);
    await screen.findByText("All 5 rows scored.");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("stops if the model is gone, keeps the scores, and can resume", async () => {
    server.use(
      http.post(PREDICT, () =>
        refuse(problem(404, "unknown-model", "There is no such model", "There are: other.")),
      ),
    );
    const user = await choose();
    await user.click(await screen.findByRole("button", { name: "Score 5 rows" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/no such model.*Your scored rows are safe/);
    expect(screen.getByRole("button", { name: "Resume" })).toBeEnabled();
  });

  it("keeps the run after navigation", async () => {
    const user = await run();
    await user.click(screen.getByRole("link", { name: "Model" }));
    await screen.findByRole("heading", { level: 1, name: /^Classifies text/ });
    await user.click(screen.getByRole("link", { name: "Files" }));
    expect(await screen.findByText("All 5 rows scored.")).toBeInTheDocument();
  });
});
