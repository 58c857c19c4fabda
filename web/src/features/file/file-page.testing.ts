import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, vi } from "vitest";

import type { PredictRequest } from "../../api/generated";
import { answerTo, PREDICT, REQUEST_ID, score } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { session } from "./session";

export const CSV = [
  "id,review",
  '1,"A wonderful, moving film"',
  "2,dull",
  "3,fine",
  "4,",
  '5,"=cmd|wonderful"',
].join("\n");
export const csv = (content = CSV, name = "reviews.csv") => new File([content], name, { type: "text/csv" });
export const chooser = () => screen.getByLabelText("File with texts");

/** Runs the worker within the page, and scores with the fake API; call it once per test file. */
export function setUpFilePage() {
  beforeEach(() => {
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { texts } = await request.json();
        const results = (texts ?? []).map((text) =>
          text === ""
            ? { kind: "error" as const, error: { code: "text-empty", detail: "The text is empty." } }
            : score(text, false),
        );
        return HttpResponse.json(answerTo(...results), { headers: { "X-Request-ID": REQUEST_ID } });
      }),
    );
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await session.clear();
  });
}

export async function choose(file = csv()) {
  const user = open("/many");
  await screen.findByRole("heading", { level: 1, name: /file of texts/ });
  await user.upload(chooser(), file);
  return user;
}

export async function run(file = csv()) {
  const user = await choose(file);
  await user.click(await screen.findByRole("button", { name: /^Score / }));
  await screen.findByText(/^All .* scored\./);
  return user;
}

export const rows = () =>
  within(screen.getByRole("grid", { name: "Scored rows" }))
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.textContent);
