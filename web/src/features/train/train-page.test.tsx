import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { removeItems } from "../../lib/browser-store";
import { problem, refuse } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { FakeClassifiers } from "./fake-classifiers.testing";

let fake: FakeClassifiers;

beforeEach(() => {
  fake = new FakeClassifiers();
  server.use(...fake.handlers());
});
afterEach(async () => {
  localStorage.clear();
  await removeItems("train-new");
});

const button = (name: RegExp | string) => screen.findByRole("button", { name });
const heading = (name: RegExp | string) => screen.findByRole("heading", { name });

describe("Somebody who isn’t signed in", () => {
  beforeEach(() => {
    fake.scopes = undefined;
  });

  it("comes here from the first page, reads what it is, and that nothing is stored", async () => {
    const user = open("/");
    expect(screen.queryByRole("link", { name: "Train" })).toBeNull();
    await user.click(await screen.findByRole("link", { name: "Teach it your own labels" }));
    expect(await heading("Sign in to begin")).toBeVisible();
    expect(screen.getByText(/Nothing is stored before you create a classifier/)).toBeVisible();
  });

  it("signs in with a key and out again", async () => {
    const user = open("/train");
    await user.type(await screen.findByLabelText(/paste an API key/), "valence_1_key{Enter}");
    expect(await heading("New classifier")).toBeVisible();
    expect(screen.getByRole("link", { name: "Train" })).toBeVisible();
    await user.click(await button("Sign out"));
    expect(await heading("Sign in to begin")).toBeVisible();
    expect(screen.queryByRole("link", { name: "Train" })).toBeNull();
  });

  it("learns why a key is refused", async () => {
    const user = open("/train");
    await user.type(await screen.findByLabelText(/paste an API key/), "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Wrong key");
  });

  it("learns that a key lacks the scope", async () => {
    const user = open("/train");
    await user.type(await screen.findByLabelText(/paste an API key/), "other{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("isn’t allowed to teach classifiers");
    expect(screen.queryByRole("link", { name: "Train" })).toBeNull();
  });

  it("is signed in by an address of the first page too", async () => {
    const user = open("/?token=once");
    await user.click(await screen.findByRole("link", { name: "Train" }));
    expect(await heading("New classifier")).toBeVisible();
    expect(window.location.href).not.toContain("once");
  });

  it.each(["/train?token=once", "/train#token=once"])(
    "is signed in by the address %s, which is cleaned",
    async (address) => {
      open(address);
      expect(await heading("New classifier")).toBeVisible();
      expect(fake.calls).toEqual(["sign in once"]);
      expect(window.location.href).not.toContain("once");
    },
  );

  it("learns that a link works once", async () => {
    open("/train#token=wrong");
    expect(await screen.findByRole("alert")).toHaveTextContent("doesn’t work any more");
    expect(await heading("Sign in to begin")).toBeVisible();
    expect(window.location.hash).toBe("");
  });
});

describe("Creating a classifier", () => {
  it("suggests a name for requests and opens it", async () => {
    const user = open("/train");
    await user.type(await screen.findByLabelText("Name"), "My Forum!");
    expect(screen.getByText("my-forum")).toBeVisible();
    await user.type(screen.getByLabelText("Label 1"), "hostile");
    await user.type(screen.getByLabelText("Label 2"), "civil");
    await user.click(await button("Create classifier"));
    expect(await screen.findByRole("heading", { level: 2, name: "my-forum" })).toBeVisible();
    expect(fake.calls[0]).toContain(
      '{"name":"my-forum","labels":["hostile","civil"],"multi_label":false,"clean":"none"}',
    );
    expect(window.location.hash).toBe("#classifier=my-forum");
  });

  it.each([
    ["", ["a", "b"], "Give it a name."],
    ["!", ["a", "b"], "The name needs a letter from a to z, or a digit."],
    ["Mine", ["a", "b"], "There is a classifier called mine already."],
    ["Other", ["a"], "Name a second label"],
    ["Other", ["off topic", "Off-Topic"], "Two labels look like “Off-Topic”."],
  ])("refuses the name %j with the labels %j", async (name, labels, reason) => {
    fake.add("mine", []);
    const user = open("/train");
    const field = await screen.findByLabelText("Name");
    if (name !== "") await user.type(field, name);
    for (const [i, label] of labels.entries())
      await user.type(screen.getByLabelText(`Label ${i + 1}`), label);
    await user.click(await button("Create classifier"));
    expect(await screen.findByRole("alert")).toHaveTextContent(reason);
    expect(fake.calls).toEqual([]);
  });

  it("keeps what was typed after a reload", async () => {
    const user = open("/train");
    await user.type(await screen.findByLabelText("Name"), "Half");
    await waitFor(async () => {
      document.body.innerHTML = "";
      open("/train");
      expect(await screen.findByLabelText("Name")).toHaveValue("Half");
    });
  });

  it("shows the server’s reason", async () => {
    server.use(
      http.post("*/api/v1/classifiers", () =>
        refuse(problem(409, "too-many-classifiers", "Too many classifiers", "Delete one.")),
      ),
    );
    const user = open("/train");
    await user.type(await screen.findByLabelText("Name"), "One more");
    await user.click(await button("Create classifier"));
    expect(await screen.findByText("Too many classifiers")).toBeVisible();
  });
});

it("says what went wrong if the server can’t be asked, and recovers", async () => {
  server.use(http.get("*/api/v1/classifiers", () => HttpResponse.error(), { once: true }));
  open("/train");
  expect(await screen.findByText("The server doesn’t answer")).toBeVisible();
  expect(await heading("New classifier")).toBeVisible();
});
