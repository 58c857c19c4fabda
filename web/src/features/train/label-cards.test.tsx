import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { problem, refuse } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { FakeClassifiers } from "./fake-classifiers.testing";

let fake: FakeClassifiers;

beforeEach(() => {
  fake = new FakeClassifiers();
  server.use(...fake.handlers());
});
afterEach(() => localStorage.clear());

const button = (name: RegExp | string) => screen.findByRole("button", { name });

const UNLABELLED = Array.from({ length: 12 }, (_, i) => ({ text: `text ${i}`, labels: null }));
const card = () => screen.getByRole("group", { name: "Text to label" });
const shown = (text: string) => waitFor(() => expect(within(card()).getByText(text)).toBeVisible());

describe("Labelling by keyboard", () => {
  beforeEach(() => fake.add("mine", ["hostile", "civil"], UNLABELLED));

  it("labels with digits, skips with S and undoes with Z", async () => {
    const user = open("/train#classifier=mine");
    await screen.findByText("text 0");
    expect(card()).toHaveFocus();
    await user.keyboard("1");
    await shown("text 1");
    await user.keyboard("s");
    await shown("text 2");
    await user.keyboard("2");
    await shown("text 3");
    await waitFor(() => expect(fake.calls).toHaveLength(2));
    expect(fake.calls[0]).toBe('PATCH 1 {"labels":["hostile"],"picked":"random"}');
    expect(fake.calls[1]).toBe('PATCH 3 {"labels":["civil"],"picked":"random"}');
    await user.keyboard("z");
    await shown("text 2");
    expect(fake.calls[2]).toBe('PATCH 3 {"labels":null}');
    expect(fake.examples.find(({ id }) => id === 3)?.labels).toBeNull();
    await user.keyboard("z");
    await shown("text 1");
  });

  it("ignores keys with modifiers and digits without a label", async () => {
    const user = open("/train#classifier=mine");
    await screen.findByText("text 0");
    await user.keyboard("{Control>}1{/Control}9");
    await shown("text 0");
    expect(fake.calls).toEqual([]);
  });

  it("fits after the eighth label, then after each pause", async () => {
    const user = open("/train#classifier=mine");
    await screen.findByText("text 0");
    expect(screen.getByText(/There are 0/)).toBeVisible();
    for (let i = 0; i < 8; i += 1) {
      await user.keyboard(i % 2 === 0 ? "1" : "2");
      await shown(`text ${i + 1}`);
    }
    expect(await screen.findByText("84 of 100")).toBeVisible();
    expect(fake.calls.filter((call) => call === "POST fit")).toHaveLength(1);
    expect(screen.getByText("8 of 20")).toBeVisible();
  });

  it("brings the card back if the server refuses the label", async () => {
    server.use(
      http.patch("*/examples/:id", () =>
        refuse(problem(404, "unknown-example", "No such example", "It is gone.")),
      ),
    );
    const user = open("/train#classifier=mine");
    await screen.findByText("text 0");
    await user.keyboard("1");
    expect(await screen.findByText("No such example")).toBeVisible();
    await shown("text 0");
  });

  it("saves several labels with Enter", async () => {
    fake.only.multi_label = true;
    const user = open("/train#classifier=mine");
    await screen.findByText("text 0");
    await user.keyboard("12");
    expect(screen.getByRole("button", { name: "1 hostile" })).toHaveAttribute("aria-pressed", "true");
    await user.keyboard("{Enter}");
    await shown("text 1");
    await waitFor(() => expect(fake.calls[0]).toContain('["hostile","civil"]'));
  });

  it("takes pasted lines, and keeps them until they are added", async () => {
    fake.examples = [];
    const user = open("/train#classifier=mine");
    await user.click(await screen.findByLabelText("Label by keyboard"));
    await user.type(await screen.findByLabelText("Texts to label, one per line"), "One{Enter}{Enter}Two");
    await user.click(await button("Add 2 texts"));
    await screen.findByText("One");
    expect(fake.files[0]?.query.get("unlabelled")).toBe("true");
    expect(fake.files[0]?.csv).toBe("One\nTwo");
  });
});
