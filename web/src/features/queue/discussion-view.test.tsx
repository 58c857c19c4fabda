import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { FileItems, Item } from "../../api/generated";
import { answerTo, PREDICT, score } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { draftStore } from "./discussion/draft";
import { readingHandler } from "./discussion/fake-reading.testing";
import { FakeQueue, newItem } from "./fake-queue.testing";
import { threadCsv } from "./thread-export";

/** A discussion that turns at its fifth comment; others wait too. */
const SCORES = [0.1, 0.12, 0.08, 0.1, 0.9, 0.92, 0.88, 0.9];
const STATES: Item["state"][] = ["passed", "passed", "passed", "decided"];
const ITEMS = SCORES.map((likely, i) =>
  newItem(i + 1, {
    thread: "t-9",
    score: likely,
    state: STATES[i] ?? "waiting",
    why: likely < 0.5 ? null : "flagged",
  }),
);

let fake: FakeQueue;
beforeEach(() => {
  fake = new FakeQueue(0);
  fake.items = [newItem(20), ...ITEMS.map((item) => ({ ...item }))];
  server.use(...fake.handlers());
});
afterEach(() => {
  localStorage.clear();
  draftStore.clear();
});

const comment = () => screen.getByRole("article", { name: "Comment to decide" });
const shows = (text: string) =>
  waitFor(() => expect(within(comment()).getByRole("blockquote")).toHaveTextContent(new RegExp(`^${text}$`)));
const slider = () => screen.findByRole("slider", { name: "Comment" });

describe("A discussion in the queue", () => {
  it("is opened from a comment, with its timeline and turning point, and left by Back", async () => {
    const user = open("/queue");
    await shows("comment 20");
    await user.keyboard("j");
    await shows("comment 5");
    await user.click(screen.getByRole("button", { name: "Its discussion" }));
    expect(await screen.findByRole("heading", { name: "Discussion: 8 comments" })).toBeVisible();
    expect(
      screen.getByText(
        /^Turning point: comment 5, by user5\. On average 90% likely to need no action before, 10% after/,
      ),
    ).toBeVisible();
    await shows("comment 5");
    expect(await slider()).toHaveAttribute("aria-valuenow", "5");
    await user.keyboard("j");
    expect(await slider()).toHaveAttribute("aria-valuenow", "6");
    await user.click(screen.getByRole("button", { name: "Turned here" }));
    await shows("comment 5");
    window.history.back();
    await shows("comment 20");
    expect(screen.queryByRole("slider")).toBeNull();
  });

  it("shows a comment that waits for nobody too, and keeps it over a reload", async () => {
    const user = open("/queue#thread=t-9&order=oldest");
    await shows("comment 5");
    (await slider()).focus();
    await user.keyboard("{Home}");
    await shows("comment 1");
    expect(screen.getByText(/^It passed/)).toBeVisible();
    await waitFor(() => expect(window.location.hash).toContain("item=1"));
    expect(window.location.hash).toContain("state=all");
  });

  it("has no timeline before a comment is scored", async () => {
    fake.items = [newItem(1, { thread: "t-9", score: null, why: "unscored" })];
    open("/queue#thread=t-9");
    expect(await screen.findByText(/^There is no timeline yet/)).toBeVisible();
    expect(screen.queryByRole("slider")).toBeNull();
  });

  it("is exported with what was decided", () => {
    const decision = { action: "remove", labels: null, reason: 1, by: "key", made_at: null } as const;
    expect(threadCsv([newItem(1, { thread: "t-9", text: 'a "b"', decision })]).split("\r\n")).toEqual([
      "\ufeffid,author,created_at,parent,text,state,score,labels,decision",
      expect.stringMatching(/^post-1,user1,[^,]+,,"a ""b""",waiting,0\.91,removed,remove$/),
    ]);
  });
});

describe("A pasted discussion", () => {
  const TAKEN: FileItems = {
    classifier: "forum",
    format: "text with names",
    thread: "t-9",
    new: 2,
    repeats: 0,
    edited: 0,
    left_out: [],
    warnings: [],
  };

  it("is brought into the queue as it was split, and opened there", async () => {
    let sent = "";
    server.use(
      readingHandler,
      http.post(PREDICT, () => HttpResponse.json(answerTo(score("Hi", true), score("Bye", false)))),
      http.post("*/api/v1/items/file", async ({ request }) => {
        sent = `${new URL(request.url).search} ${await request.text()}`;
        return HttpResponse.json(TAKEN);
      }),
    );
    const user = open("/queue#view=bring-in");
    await user.click(await screen.findByRole("button", { name: "Paste a discussion" }));
    await user.click(await screen.findByRole("textbox", { name: "Your discussion" }));
    await user.paste("Ann: Hi\nBen: Bye");
    await user.click(await screen.findByRole("button", { name: "Bring 2 comments into the queue" }));
    expect(await screen.findByText("Read as text with names: 2 new comments.")).toBeVisible();
    expect(sent).toBe("?split=names Ann: Hi\nBen: Bye");
    await user.click(screen.getByRole("button", { name: "Open it in the queue" }));
    expect(await screen.findByRole("heading", { name: "Discussion: 8 comments" })).toBeVisible();
    window.history.back();
    expect(await screen.findByRole("textbox", { name: "Your discussion" })).toHaveValue("Ann: Hi\nBen: Bye");
  });

  it("is a view of the queue for moderators, and a page for others", async () => {
    server.use(readingHandler);
    localStorage.setItem("valence-signed-in", "moderate");
    open("/discussion#average=3");
    expect(await screen.findByRole("tab", { name: "Discussion", selected: true })).toBeVisible();
    expect(window.location.pathname).toBe("/queue");
    expect(window.location.hash).toBe("#view=discussion&average=3");
    const pages = within(screen.getByRole("navigation", { name: "Pages" }));
    expect(pages.queryByRole("link", { name: "Discussion" })).toBeNull();
  });
});
