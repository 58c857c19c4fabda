import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { PredictRequest } from "../../../api/generated";
import * as files from "../../../lib/save-file";
import { answerTo, PREDICT, score } from "../../../test/handlers";
import { open } from "../../../test/render";
import { server } from "../../../test/server";
import { draftStore } from "./draft";
import { readingHandler } from "./fake-reading.testing";
import { packed } from "./link";

const SHARED = "Ann: wonderful\nBen: so dull";

beforeEach(() =>
  server.use(
    readingHandler,
    http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
      const texts = (await request.json()).texts ?? [];
      return HttpResponse.json(answerTo(...texts.map((text) => score(text, false))));
    }),
  ),
);
afterEach(() => {
  draftStore.clear();
  vi.restoreAllMocks();
});

const field = () => screen.findByRole("textbox", { name: "Your discussion" });
const addressOf = async (text: string) =>
  `/discussion#discussion=${await packed({ text, cut: undefined })}&comment=2`;

it("a link shows its discussion, at its comment, and the address becomes short", async () => {
  open(await addressOf(SHARED));
  await waitFor(async () => expect(await field()).toHaveValue(SHARED));
  expect(await screen.findByRole("article", { name: "Comment 2" })).toHaveTextContent("so dull");
  await waitFor(() => expect(window.location.hash).toBe("#comment=2"));
});

it.each([
  ["Keep mine", "Cy: mine"],
  ["Replace mine with it", SHARED],
])("before a link replaces what is stored, it asks: %s", async (button, left) => {
  draftStore.change({ text: "Cy: mine" });
  const user = open(await addressOf(SHARED));
  await user.click(await screen.findByRole("button", { name: button }));
  await waitFor(async () => expect(await field()).toHaveValue(left));
  expect(screen.queryByText("This link holds a discussion")).toBeNull();
});

it("a link that was cut off says so", async () => {
  const user = open("/discussion#discussion=cut-off");
  expect(await screen.findByText("The link is incomplete")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByText("The link is incomplete")).toBeNull();
});

it("the link that is copied holds the discussion and the address’s choices", async () => {
  draftStore.change({ text: SHARED });
  const user = open("/discussion#comment=2");
  await user.click(await screen.findByRole("button", { name: "Copy a link" }));
  const values = new URLSearchParams(new URL(await navigator.clipboard.readText()).hash.slice(1));
  expect(values.get("comment")).toBe("2");
  expect(values.get("discussion")).toBe(await packed(draftStore.snapshot()));
});

it("says that a discussion is too long for a link", async () => {
  draftStore.change({ text: Array.from({ length: 5000 }, (_, i) => `Ann: ${i ** 3} ${i ** 2}`).join(" ") });
  open("/discussion");
  expect(await screen.findByText(/^Too long for a link, which holds 8,000 characters/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Copy a link" })).toBeNull();
});

it("the comments with their scores are downloaded", async () => {
  const saved = vi.spyOn(files, "saveFile").mockImplementation(() => {});
  draftStore.change({ text: SHARED });
  const user = open("/discussion");
  await screen.findByText(/^(Turning point|No clear turning)/, { selector: "p" });
  for (const name of ["CSV", "JSON Lines"])
    await user.click(screen.getByRole("button", { name: `Download ${name}` }));
  const [csv, lines] = saved.mock.calls;
  expect(csv).toEqual([
    "discussion-scored.csv",
    expect.stringMatching(/2,Ben,,,so dull,negative,0\./),
    expect.any(String),
  ]);
  expect(lines).toEqual([
    "discussion-scored.jsonl",
    expect.stringMatching(/^\{"comment":1,"author":"Ann".*\n\{.*"labels":\["negative"\]/),
    expect.any(String),
  ]);
});
