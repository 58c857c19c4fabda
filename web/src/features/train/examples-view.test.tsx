import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { open } from "../../test/render";
import { server } from "../../test/server";
import { FakeClassifiers } from "./fake-classifiers.testing";

const saveFile = vi.hoisted(() => vi.fn());
vi.mock("../../lib/save-file", () => ({ saveFile }));

let fake: FakeClassifiers;

beforeEach(() => {
  fake = new FakeClassifiers();
  fake.add(
    "mine",
    ["hostile", "civil"],
    [
      { text: "You fool", labels: ["hostile"], author: "bob" },
      { text: "Thanks", labels: ["civil"], author: "ann" },
      { text: "Hm", labels: null },
    ],
  );
  server.use(...fake.handlers());
});
afterEach(() => localStorage.clear());

const rows = () => within(screen.getByRole("list", { name: "Examples" })).queryAllByRole("listitem");
async function show() {
  const user = open("/train#classifier=mine&view=examples");
  await waitFor(() => expect(rows()).toHaveLength(3));
  return user;
}

it("searches, and filters by label", async () => {
  const user = await show();
  await user.type(screen.getByLabelText("Search texts"), "fool");
  await waitFor(() => expect(rows()).toHaveLength(1));
  await user.clear(screen.getByLabelText("Search texts"));
  await user.selectOptions(screen.getByLabelText("Label"), "civil");
  await waitFor(() => expect(rows()[0]).toHaveTextContent("Thanks"));
  await user.selectOptions(screen.getByLabelText("Label"), "not labelled");
  await waitFor(() => expect(rows()[0]).toHaveTextContent("Hm"));
  await user.type(screen.getByLabelText("Search texts"), "nothing like it");
  expect(await screen.findByText("No examples match.")).toBeVisible();
});

it("changes a label and removes an example", async () => {
  const user = await show();
  await user.selectOptions(screen.getByLabelText("Label of: You fool"), "civil");
  await waitFor(() => expect(fake.calls).toEqual(['PATCH 1 {"labels":["civil"]}']));
  await user.click(within(rows()[1]!).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(rows()).toHaveLength(2));
});

it("changes several labels", async () => {
  fake.only.multi_label = true;
  const user = await show();
  const boxes = screen.getByRole("group", { name: "Labels of: You fool" });
  await user.click(within(boxes).getByLabelText("civil"));
  await waitFor(() => expect(fake.calls).toEqual(['PATCH 1 {"labels":["hostile","civil"]}']));
});

it("erases everything by an author after asking", async () => {
  const user = await show();
  await user.click(screen.getByText("Erase an author or a text"));
  await user.type(screen.getByRole("textbox", { name: "Author" }), "bob");
  await user.click(screen.getByRole("button", { name: "Erase" }));
  const dialog = screen.getByRole("alertdialog", { name: "Erase everything by bob?" });
  await user.click(within(dialog).getByRole("button", { name: "Erase" }));
  expect(await screen.findByText("1 example erased.")).toBeVisible();
  await waitFor(() => expect(rows()).toHaveLength(2));
});

it("exports the examples", async () => {
  server.use(http.get("*/examples/export", () => new HttpResponse("text,label\r\n")));
  const user = await show();
  await user.click(screen.getByRole("button", { name: "Export as CSV" }));
  await waitFor(() => expect(saveFile).toHaveBeenCalledWith("mine.csv", expect.anything(), "text/csv"));
});

it("loads more on request", async () => {
  const page = (text: string, next: string | null) =>
    HttpResponse.json({ items: [{ ...fake.examples[0], id: text.length, text }], next });
  server.use(
    http.get("*/classifiers/mine/examples", ({ request }) =>
      new URL(request.url).searchParams.has("cursor")
        ? page("the older one", null)
        : page("the newest", "cursor"),
    ),
  );
  const user = open("/train#classifier=mine&view=examples");
  expect(await screen.findByText("The newest 1 shown")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show more" }));
  expect(await screen.findByText("the older one")).toBeVisible();
  expect(screen.getByText("2 shown")).toBeVisible();
});
