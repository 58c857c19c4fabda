import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Job } from "../../api/generated";
import { removeItems, storeItem } from "../../lib/browser-store";
import { problem, refuse, summary } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { session } from "./session";

const JOBS = "*/api/v1/jobs";
const ROWS = 10_000;
const KEY = "valence_0000_key";

const job = (changed: Partial<Job> = {}): Job => ({
  id: "0b9f6c1e-2a47-4d3c-9b51-7e8f2d1c3a4b",
  state: "running",
  reason: null,
  rows: ROWS,
  rows_done: 2500,
  rows_left_out: 0,
  shape: "csv",
  text_column: "text",
  model: summary.version,
  created_at: "2026-07-01T10:00:00Z",
  expires_at: "2026-07-02T10:00:00Z",
  ...changed,
});

let jobs: Job[] = [];
beforeEach(() => {
  jobs = [];
  server.use(
    http.get(JOBS, ({ request }) =>
      request.headers.get("Authorization") === `Bearer ${KEY}`
        ? HttpResponse.json({ jobs })
        : refuse(problem(401, "wrong-key", "The API key isn't valid", "Check it.")),
    ),
  );
});
afterEach(async () => {
  await session.clear();
  await removeItems("job-names");
  sessionStorage.clear();
});

async function choose() {
  const user = open("/many");
  const lines = Array.from({ length: ROWS }, (_, i) => `Fine; "so to speak", ${i}.`);
  await user.upload(
    await screen.findByLabelText("File with texts"),
    new File([lines.join("\n")], "large.txt"),
  );
  const offer = within(await screen.findByRole("region", { name: "This is a large file" }));
  await user.click(offer.getByLabelText("API key with the scope score-files"));
  await user.paste(KEY);
  return { user, offer };
}

it("submits a large file as it is, and shows the progress", async () => {
  let body = "";
  server.use(
    http.post(JOBS, async ({ request }) => {
      body = await request.text();
      expect(request.headers.get("Content-Type")).toBe("text/plain");
      expect(request.headers.get("Authorization")).toBe(`Bearer ${KEY}`);
      expect(new URL(request.url).searchParams.get("text_column")).toBe("text");
      jobs = [job()];
      return HttpResponse.json(jobs[0], { status: 202 });
    }),
  );
  const { user, offer } = await choose();
  await user.click(offer.getByRole("button", { name: "Score on the server" }));
  const list = within(await screen.findByRole("region", { name: "Files on the server" }));
  expect(await list.findByRole("heading", { name: "large.txt" })).toBeVisible();
  expect(list.getByText(/2,500 of 10,000 rows scored\. You can close this page\./)).toBeVisible();
  expect(list.getByRole("progressbar")).toHaveAttribute("value", "2500");
  expect(body.split("\n")).toHaveLength(ROWS);
});

it.each([
  [403, "jobs-off", /ask the server’s administrator to turn on VALENCE_JOBS/],
  [401, "key-missing", /You can still score the file here/],
  [413, "body-too-large", /VALENCE_JOB_MAX_BYTES/],
  [422, "too-many-rows", /VALENCE_JOB_MAX_ROWS/],
  [500, "internal-error", /score the file here/],
])("says what is possible where the server answers %i %s", async (status, code, words) => {
  server.use(http.post(JOBS, () => refuse(problem(status, code, "No", "It is refused."))));
  const { user, offer } = await choose();
  await user.click(offer.getByRole("button", { name: "Score on the server" }));
  expect(await offer.findByRole("alert")).toHaveTextContent(words);
  expect(screen.getByRole("button", { name: "Score all rows" })).toBeEnabled();
});

it("finds an earlier job, downloads its results and deletes it", async () => {
  jobs = [job({ state: "done", rows_done: ROWS })];
  await storeItem("job-names", { [jobs[0]!.id]: "reviews.csv" });
  let saved: Blob | undefined;
  vi.stubGlobal(
    "URL",
    Object.assign(URL, {
      createObjectURL: (blob: Blob) => ((saved = blob), "blob:"),
      revokeObjectURL: () => undefined,
    }),
  );
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  server.use(
    http.get(`${JOBS}/:id/result`, () =>
      HttpResponse.text("text,predicted_label\r\n", { headers: { "Content-Type": "text/csv" } }),
    ),
    http.delete(`${JOBS}/:id`, () => {
      jobs = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const user = open("/many");
  const list = within(await screen.findByRole("region", { name: "Files on the server" }));
  await user.click(list.getByLabelText("API key with the scope score-files"));
  await user.paste(KEY);
  await user.click(list.getByRole("button", { name: "Show files" }));
  await user.click(await list.findByRole("button", { name: "Download" }));
  await waitFor(() => expect(names).toEqual(["reviews-scored.csv"]));
  expect(await saved!.text()).toContain("predicted_label");
  await user.click(list.getByRole("button", { name: "Delete reviews.csv" }));
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  expect(await list.findByText("No files on the server for this key.")).toBeVisible();
});

it("rejects an invalid key and accepts another", async () => {
  const user = open("/many");
  await user.click(await screen.findByRole("button", { name: "Show files scored on the server" }));
  const list = within(await screen.findByRole("region", { name: "Files on the server" }));
  await user.type(list.getByLabelText("API key with the scope score-files"), "wrong");
  await user.click(list.getByRole("button", { name: "Show files" }));
  expect(await list.findByRole("alert")).toHaveTextContent("The API key isn't valid");
  await user.clear(list.getByLabelText("API key with the scope score-files"));
  await user.type(list.getByLabelText("API key with the scope score-files"), KEY);
  await user.click(list.getByRole("button", { name: "Show files" }));
  expect(await list.findByText("No files on the server for this key.")).toBeVisible();
});
