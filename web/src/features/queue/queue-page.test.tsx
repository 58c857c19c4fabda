import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { problem, refuse } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { FakeQueue, newItem } from "./fake-queue.testing";

let fake: FakeQueue;

function serve(queue: FakeQueue) {
  fake = queue;
  server.use(...fake.handlers());
}

afterEach(() => localStorage.clear());

const comment = () => screen.getByRole("article", { name: "Comment to decide" });
const shows = (text: string) =>
  waitFor(() => expect(within(comment()).getByRole("blockquote")).toHaveTextContent(text));

describe("Who isn’t signed in", () => {
  it("reads what it is, signs in with a key, and finds Queue first in the navigation", async () => {
    serve(new FakeQueue(1));
    fake.scopes = undefined;
    const user = open("/queue");
    expect(await screen.findByRole("heading", { name: "A queue for moderators" })).toBeVisible();
    await user.type(await screen.findByLabelText(/paste an API key/), "moderate items classifiers{Enter}");
    await shows("comment 1");
    const [first] = within(screen.getByRole("navigation", { name: "Pages" })).getAllByRole("link");
    expect(first).toHaveTextContent("Queue");
  });

  it("learns that the key isn’t allowed to moderate", async () => {
    serve(new FakeQueue(1));
    fake.scopes = ["classifiers"];
    open("/queue");
    expect(await screen.findByRole("alert")).toHaveTextContent("isn’t allowed to moderate");
    expect(screen.queryByRole("link", { name: "Queue" })).toBeNull();
  });
});

describe("Keys", () => {
  beforeEach(() => serve(new FakeQueue(6, ["removed", "kept", "off-topic"])));

  it("move, decide with a reason, set aside, label and undo", async () => {
    const user = open("/queue");
    await shows("comment 1");
    await user.keyboard("j");
    await shows("comment 2");
    await user.keyboard("k");
    await shows("comment 1");
    await user.keyboard("3r");
    await shows("comment 2");
    await user.keyboard("a");
    await shows("comment 3");
    await user.keyboard("u");
    await shows("comment 4");
    await user.keyboard("o"); // off-topic
    await shows("comment 5");
    await waitFor(() => expect(fake.calls).toEqual(["remove 1", "approve 2", "unsure 3", "label 4"]));
    expect(fake.decisions.map(({ reason, labels }) => [reason, labels])).toEqual([
      [3, null],
      [null, null],
      [null, null],
      [null, ["off-topic"]],
    ]);
    await user.keyboard("z");
    await shows("comment 4");
    await waitFor(() => expect(fake.calls.at(-1)).toBe("undo 4"));
    expect(screen.getByText("Set aside as unsure (user3).")).toBeVisible();
  });

  it("are counted at once, and say what the classifier had said", async () => {
    const user = open("/queue");
    await shows("comment 1");
    await user.keyboard("a");
    expect(await screen.findByText(/The classifier had said removed/)).toBeVisible();
    expect(screen.getByText("5", { selector: "b" }).parentElement).toHaveTextContent("5 waiting");
    expect(screen.getByText("corrected", { exact: false })).toHaveTextContent("1 corrected");
  });

  it("decide the copies with Shift", async () => {
    fake.items[0]!.copies = 2;
    let sent: unknown;
    server.use(
      http.post("*/api/v1/items/:number/decisions", async ({ request }) => {
        sent = await request.clone().json();
        return undefined; // the fake answers
      }),
    );
    const user = open("/queue");
    await shows("comment 1");
    expect(screen.getByText(/2 copies of it wait too/)).toBeVisible();
    await user.keyboard("{Shift>}r{/Shift}");
    expect(await screen.findByText(/Removed \(user1\), with 2 copies/)).toBeVisible();
    expect(sent).toMatchObject({ action: "remove", copies: true });
  });

  it("are listed by ?, and can be turned off", async () => {
    const user = open("/queue");
    await shows("comment 1");
    await user.keyboard("?");
    expect(await screen.findByText("label “off-topic”")).toBeVisible();
    await user.click(screen.getByLabelText("Decide with single keys"));
    screen.getByRole("group", { name: "Comments" }).focus();
    await user.keyboard("r");
    await user.keyboard("?");
    expect(screen.queryByText("label “off-topic”")).toBeNull();
    await shows("comment 1");
    expect(fake.calls).toEqual([]);
  });

  it("are text in a field", async () => {
    const user = open("/queue");
    await shows("comment 1");
    await user.type(screen.getByLabelText("Search comments"), "comment 4");
    await shows("comment 4");
    expect(fake.calls).toEqual([]);
    expect(window.location.hash).toContain("search=comment+4");
    await user.keyboard("{Enter}");
    screen.getByLabelText("Show").focus();
    await user.keyboard("{Escape}r");
    await waitFor(() => expect(fake.calls).toEqual(["remove 4"]));
  });
});

describe("A comment", () => {
  it("is shown in its thread, with its author’s record and the words that tipped it", async () => {
    serve(new FakeQueue(1));
    open("/queue");
    await shows("comment 1");
    expect(await screen.findByText("the comment before")).toBeVisible();
    expect(screen.getByText("an answer")).toBeVisible();
    expect(screen.getByText("2 of the last 14 decided comments by user1 weren’t approved.")).toBeVisible();
    expect(await within(comment()).findByText("comment", { selector: "mark" })).toBeVisible();
    expect(comment()).toHaveTextContent("Flagged: 91% likely to need action");
  });

  it("that is blind shows no score, and its words aren’t asked for", async () => {
    serve(new FakeQueue());
    fake.items = [newItem(1, { blind: true, why: "blind", score: null, labels: null })];
    server.use(
      http.get("*/explanation", () => {
        throw new Error("asked for the words of a blind comment");
      }),
    );
    open("/queue");
    await shows("comment 1");
    expect(await screen.findByText("the comment before")).toBeVisible();
    expect(comment()).toHaveTextContent("Blind: decide without the classifier");
    expect(comment()).not.toHaveTextContent("%");
  });
});

describe("Filters", () => {
  it("by the shown comment’s author and thread are one press, and are removed by another", async () => {
    serve(new FakeQueue(3));
    const user = open("/queue");
    await shows("comment 1");
    await user.click(screen.getByRole("button", { name: "Only this author" }));
    await waitFor(() => expect(screen.queryByText("comment 2")).toBeNull());
    await shows("comment 1");
    expect(screen.queryByRole("button", { name: "Only this author" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "only by user1 ✕" }));
    expect(await screen.findByText("comment 2")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Its discussion" }));
    await waitFor(() => expect(fake.queries.at(-1)?.get("thread")).toBe("t-1"));
    expect(screen.getByRole("button", { name: "only the thread t-1 ✕" })).toBeVisible();
  });

  it("and the order, which a column’s header turns round, come back with Back", async () => {
    serve(new FakeQueue(2));
    const user = open("/queue#search=comment");
    await shows("comment 1");
    const time = () => screen.getByRole("columnheader", { name: "Time" });
    expect(time()).toHaveAttribute("aria-sort", "none");
    await user.click(screen.getByRole("button", { name: "Time" }));
    await waitFor(() => expect(time()).toHaveAttribute("aria-sort", "descending"));
    await user.click(screen.getByRole("button", { name: "Time" }));
    await waitFor(() => expect(fake.queries.at(-1)?.get("order")).toBe("oldest"));
    expect(screen.getByRole("gridcell", { name: "user1" })).toBeVisible();
    await user.click(screen.getByRole("tab", { name: "Bring in" }));
    window.history.back();
    await shows("comment 1");
    expect(screen.getByLabelText("Search comments")).toHaveValue("comment");
    expect(time()).toHaveAttribute("aria-sort", "ascending");
  });

  it("are counted where a phone folds them", async () => {
    serve(new FakeQueue(2));
    const user = open("/queue#state=waiting");
    await shows("comment 1");
    const button = screen.getByText("Filters and order (1)").closest("button");
    expect(button).toHaveAttribute("aria-expanded", "false");
    await user.selectOptions(screen.getByLabelText("Order"), "newest");
    expect(button).toHaveTextContent("Filters and order (2)");
  });
});

describe("Two moderators", () => {
  it("don’t get the same comment", async () => {
    serve(new FakeQueue(4));
    fake.elsewhere = [1, 3];
    const user = open("/queue");
    await shows("comment 2");
    expect(screen.getAllByText("with another moderator")).toHaveLength(2);
    await user.keyboard("j");
    await shows("comment 4");
  });

  it("see it if the other one was faster, and continue", async () => {
    serve(new FakeQueue(3));
    fake.decidedElsewhere = [1];
    const user = open("/queue");
    await shows("comment 1");
    await user.keyboard("rr");
    expect(await screen.findByText(/decision about the comment by user1 wasn’t saved/)).toBeVisible();
    await shows("comment 3");
    await waitFor(() => expect(fake.calls).toEqual(["remove 2"]));
    expect(screen.queryByText("comment 1")).toBeNull();
  });
});

describe("A decision that can’t be saved", () => {
  it("is sent again while the server doesn’t answer", async () => {
    serve(new FakeQueue(2));
    server.use(http.post("*/decisions", () => HttpResponse.error(), { once: true }));
    const user = open("/queue");
    await shows("comment 1");
    await user.keyboard("r");
    await shows("comment 2");
    expect(await screen.findByText("Saving 1 decision…")).toBeVisible();
    await waitFor(() => expect(fake.calls).toEqual(["remove 1"]));
  });

  it("comes back into the list, with the reason", async () => {
    serve(new FakeQueue(2));
    server.use(
      http.post("*/decisions", () => refuse(problem(403, "scope-missing", "Not allowed", "No scope.")), {
        once: true,
      }),
    );
    const user = open("/queue");
    await shows("comment 1");
    await user.keyboard("r");
    expect(await screen.findByText("Not saved: Not allowed")).toBeVisible();
    await user.keyboard("k");
    await shows("comment 1");
  });
});

it("offers to sign in again once the session has ended, and keeps the filters", async () => {
  serve(new FakeQueue(2));
  const user = open("/queue#search=comment");
  await shows("comment 1");
  const refused = problem(401, "key-missing", "An API key is required", "Send the header Authorization.");
  server.use(http.post("*/decisions", () => refuse(refused), { once: true }));
  await user.keyboard("r");
  expect(await screen.findByText("Not saved: You are signed out")).toBeVisible();
  expect(screen.getByRole("alert")).not.toHaveTextContent("Authorization");
  fake.scopes = undefined;
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  await user.type(await screen.findByLabelText(/paste an API key/), "moderate items classifiers{Enter}");
  await shows("comment 1");
  expect(screen.getByLabelText("Search comments")).toHaveValue("comment");
});

it("says that a decision was refused after its view was left", async () => {
  serve(new FakeQueue(2));
  let answer = () => {};
  const left = new Promise<void>((resolve) => (answer = resolve));
  server.use(
    http.post("*/decisions", () =>
      left.then(() => refuse(problem(403, "scope-missing", "Not allowed", "No scope."))),
    ),
  );
  const user = open("/queue");
  await shows("comment 1");
  await user.keyboard("r");
  await user.click(screen.getByRole("tab", { name: "Log" }));
  answer();
  expect(await screen.findByText("Not saved: Not allowed")).toBeVisible();
});

it("loads further pages while the moderator continues", async () => {
  serve(new FakeQueue(250));
  const user = open("/queue");
  await shows("comment 1");
  await user.keyboard("j".repeat(120));
  await shows("comment 121");
  expect(fake.queries.some((query) => query.get("cursor") === "100")).toBe(true);
});
