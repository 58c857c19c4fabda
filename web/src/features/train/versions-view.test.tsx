import { screen, waitFor, within } from "@testing-library/react";
import { strToU8, unzipSync, zipSync } from "fflate";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { problem, refuse } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { FakeClassifiers } from "./fake-classifiers.testing";

const saveFile = vi.hoisted(() => vi.fn());
vi.mock("../../lib/save-file", () => ({ saveFile }));

let fake: FakeClassifiers;

beforeEach(() => {
  saveFile.mockReset();
  fake = new FakeClassifiers();
  fake.add("mine", ["hostile", "civil"]);
  server.use(...fake.handlers());
});
afterEach(() => localStorage.clear());

function two() {
  fake.makeVersion();
  fake.makeVersion({ published: true, was_published: true, note: "200 decisions of May" });
  fake.only.published = fake.versions[1] ?? null;
}
const version = async (number: number) => {
  const list = await screen.findByRole("list", { name: "Versions" });
  return within(
    (await within(list).findByRole("heading", { name: new RegExp(`Version ${number}`) })).closest("li")!,
  );
};
const show = () => open("/train#classifier=mine&view=versions");

it("says that there are no versions yet", async () => {
  show();
  expect(await screen.findByText(/There are no versions yet/)).toBeVisible();
});

it("goes back to an older version after asking", async () => {
  two();
  const user = show();
  await user.click((await version(1)).getByRole("button", { name: "Go back to version 1" }));
  const dialog = screen.getByRole("alertdialog", { name: "Publish version 1?" });
  expect(dialog).toHaveTextContent("It takes the place of version 2");
  await user.click(within(dialog).getByRole("button", { name: "Publish version 1" }));
  await waitFor(() => expect(fake.calls).toEqual(["publish 1"]));
  expect(await (await version(1)).findByText("published")).toBeVisible();
});

it("stops publishing, and deletes a version", async () => {
  two();
  const user = show();
  await user.click((await version(2)).getByRole("button", { name: "Stop publishing" }));
  await user.click(
    within(screen.getByRole("alertdialog", { name: "Stop publishing?" })).getByRole("button", {
      name: "Stop publishing",
    }),
  );
  await waitFor(() => expect(fake.calls).toEqual(["publish none"]));
  await user.click(await (await version(2)).findByRole("button", { name: "Delete" }));
  await user.click(
    within(screen.getByRole("alertdialog", { name: "Delete version 2?" })).getByRole("button", {
      name: "Delete",
    }),
  );
  await waitFor(() => expect(screen.queryByRole("heading", { name: /Version 2/ })).toBeNull());
});

it("does nothing if the question is cancelled", async () => {
  two();
  const user = show();
  await user.click((await version(1)).getByRole("button", { name: "Delete" }));
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(fake.versions).toHaveLength(2);
});

it("compares two versions in words, with the texts that flip", async () => {
  two();
  const user = show();
  await user.click((await version(2)).getByRole("button", { name: "Compare with version 1" }));
  const region = await screen.findByRole("region", { name: /Version 2 compared with version 1/ });
  expect(await within(region).findByText("No clear difference.")).toBeVisible();
  expect(
    within(region).getByText(/Chance alone would often differ this much \(in 23% of comparisons\)/),
  ).toBeVisible();
  expect(within(region).getByRole("row", { name: "You fool hostile civil ✗ hostile ✓" })).toBeVisible();
});

it("downloads a version", async () => {
  two();
  server.use(
    http.get(
      "*/versions/1/download",
      () => new HttpResponse("zip", { headers: { "Content-Type": "application/zip" } }),
    ),
  );
  const user = show();
  await user.click((await version(1)).getByRole("button", { name: "Download" }));
  await waitFor(() =>
    expect(saveFile).toHaveBeenCalledWith("mine-1.zip", expect.anything(), "application/zip"),
  );
});

it("downloads a version for transformers, if they can load it", async () => {
  fake.makeVersion({ transformers: true });
  const asked: string[] = [];
  server.use(
    http.get("*/versions/1/download", ({ request }) => {
      asked.push(new URL(request.url).search);
      return new HttpResponse("zip", { headers: { "Content-Type": "application/zip" } });
    }),
  );
  const user = show();
  await user.click((await version(1)).getByRole("button", { name: "Download for transformers" }));
  await waitFor(() => expect(saveFile).toHaveBeenCalled());
  expect(asked).toEqual(["?parts=transformers"]);
});

const folder = (files: Record<string, string>) =>
  new File(
    [zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))],
    "model.zip",
  );

it("uploads only the head of a model folder", async () => {
  two();
  const user = show();
  const chooser = await screen.findByLabelText("A model folder as a ZIP file");
  await user.upload(
    chooser,
    folder({ "m/head.json": "{}", "m/head.safetensors": "numbers", "m/body.safetensors": "large" }),
  );
  expect(await screen.findByText("Uploaded as version 3. It answers once you publish it.")).toBeVisible();
  expect((await version(3)).getByText(/uploaded/)).toBeVisible();
  expect(Object.keys(unzipSync(fake.uploaded!)).sort()).toEqual(["head.json", "head.safetensors"]);
});

it.each([
  ["no archive", new File(["text"], "notes.zip"), "It is not a ZIP file"],
  [
    "no head in it",
    folder({ "m/body.safetensors": "large" }),
    "It needs one head.json and one head.safetensors",
  ],
])("says what is wrong with %s", async (_, file, reason) => {
  const user = show();
  await user.upload(await screen.findByLabelText("A model folder as a ZIP file"), file);
  expect(await screen.findByText(new RegExp(reason))).toBeVisible();
  expect(fake.uploaded).toBeUndefined();
});

it("says why the server refuses a head", async () => {
  server.use(
    http.post("*/versions", () =>
      refuse(problem(409, "version-unusable", "The version needs another encoder", "Fit it again.")),
    ),
  );
  const user = show();
  await user.upload(
    await screen.findByLabelText("A model folder as a ZIP file"),
    folder({ "head.json": "{}", "head.safetensors": "numbers" }),
  );
  expect(await screen.findByText("The version needs another encoder")).toBeVisible();
});

it("says why a version can’t be downloaded", async () => {
  two();
  server.use(
    http.get("*/versions/1/download", () =>
      refuse(problem(409, "version-unusable", "The version needs another encoder", "Fit again.")),
    ),
  );
  const user = show();
  await user.click((await version(1)).getByRole("button", { name: "Download" }));
  expect(await screen.findByText("The version needs another encoder")).toBeVisible();
});

it("deletes the classifier after asking", async () => {
  const user = show();
  await user.click(await screen.findByRole("button", { name: "Delete this classifier" }));
  await user.click(screen.getByRole("button", { name: "Delete everything" }));
  expect(await screen.findByRole("heading", { name: "New classifier" })).toBeVisible();
  expect(fake.classifiers).toEqual([]);
});
