import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";

import { open } from "../../test/render";
import { server } from "../../test/server";
import { drop } from "./example-reading";
import { FakeClassifiers } from "./fake-classifiers.testing";

const NAME = "from-a-file";
let fake: FakeClassifiers;

beforeEach(() => {
  fake = new FakeClassifiers();
  fake.add(NAME, ["kept", "removed"]);
  server.use(...fake.handlers());
});
afterEach(() => {
  drop(NAME);
  localStorage.clear();
});

const csv = (...lines: string[]) => new File([lines.join("\n")], "decisions.csv", { type: "text/csv" });

async function choose(file: File) {
  const user = open(`/train#classifier=${NAME}`);
  await user.upload(await screen.findByLabelText("File with texts"), file);
  return user;
}

const ROWS = [
  "comment,decision,user",
  "You fool,removed,bob",
  "Thanks a lot,kept,ann",
  "Go away,removed,bob",
  ",kept,ann",
];

it("shows how a file is read, sends it with what was chosen, and fits", async () => {
  const user = await choose(csv(...ROWS, ...Array.from({ length: 6 }, (_, i) => `More ${i},kept,x`)));
  expect(await screen.findByRole("heading", { name: "Which column contains the texts?" })).toBeVisible();
  await user.selectOptions(screen.getByRole("combobox", { name: "Labels" }), "decision");
  await user.selectOptions(screen.getByRole("combobox", { name: "Author" }), "user");
  await user.click(await screen.findByRole("button", { name: "Add 10 examples" }));
  expect(await screen.findByText(/examples added/)).toBeVisible();
  const [{ query, csv: sent } = { query: new URLSearchParams(), csv: "" }] = fake.files;
  expect(sent.split("\n").slice(0, 2)).toEqual(["comment,decision,user", "You fool,removed,bob"]);
  expect(Object.fromEntries(query)).toEqual({
    text_column: "comment",
    label_column: "decision",
    author_column: "user",
    new_labels: "stop",
    clean: "none",
  });
  await waitFor(() => expect(fake.calls).toContain("POST fit"));
});

it("adds new labels only on request", async () => {
  const user = await choose(csv("text,label", "A,kept", "B,spam", "C,spam"));
  const button = await screen.findByRole("button", { name: "Add 3 examples" });
  expect(button).toBeDisabled();
  expect(screen.getByText(/doesn’t have this label/)).toBeVisible();
  await user.click(screen.getByLabelText("Add 1 new label: “spam”"));
  await user.click(button);
  const labels = await screen.findByRole("list", { name: "Labels" });
  await waitFor(() => expect(labels).toHaveTextContent("spam"));
  expect(fake.files[0]?.query.get("new_labels")).toBe("add");
});

it("reads a label in another spelling as the one that the classifier has", async () => {
  await choose(csv("text,label", "A,Kept", "B,REMOVED", "C,Kept"));
  expect(await screen.findByRole("button", { name: "Add 3 examples" })).toBeEnabled();
  expect(screen.getByText("“Kept” is read as “kept”, “REMOVED” is read as “removed”.")).toBeVisible();
  expect(screen.queryByLabelText(/new label/)).toBeNull();
});

it("takes the labels of a file if the classifier has none", async () => {
  fake.only.labels = [];
  const user = await choose(csv("text,label", "A,x", "B,y", "C,x"));
  await user.click(await screen.findByRole("button", { name: "Add 3 examples" }));
  await waitFor(() => expect(fake.only.labels).toEqual(["x", "y"]));
});

it("takes a file without labels to be labelled by keyboard", async () => {
  const user = await choose(
    new File(["First comment of a user.\nSecond comment of a user."], "comments.txt"),
  );
  await user.click(await screen.findByRole("button", { name: "Add 2 texts to label" }));
  const card = await screen.findByRole("group", { name: "Text to label" });
  expect(await within(card).findByText(/comment of a user/)).toBeVisible();
  expect(fake.files[0]?.query.get("unlabelled")).toBe("true");
});

it("explains a file that can’t be read, and offers a way to read it", async () => {
  const user = await choose(csv("text,label", "A,kept", "B,kept,too many"));
  expect(await screen.findByRole("alert")).toHaveTextContent("line 3: 3 cells, but the header has 2.");
  expect(screen.getByRole("button", { name: "Add 1 example" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Skip bad rows" }));
  expect(await screen.findByText("Rows that cannot be read: 1")).toBeVisible();
  expect(screen.getByRole("button", { name: "Add 1 example" })).toBeEnabled();
});
