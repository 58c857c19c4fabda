import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

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

describe("The result", () => {
  const examples = Array.from({ length: 12 }, (_, i) => ({
    text: `t${i}`,
    labels: [i % 2 ? "hostile" : "civil"],
  }));

  beforeEach(() => {
    fake.add("mine", ["hostile", "civil"], examples);
    fake.makeVersion();
  });

  it("shows the figure with its interval, other ways and remarks", async () => {
    open("/train#classifier=mine");
    expect(await screen.findByText("84 of 100")).toBeVisible();
    const chart = screen.getByRole("figure", { name: /Right answers/ });
    expect(chart).toHaveTextContent("Version 1 84% (72 to 92%)");
    expect(chart).toHaveTextContent("The most frequent label, civil 50% (40 to 60%)");
    expect(screen.getByText("There are 74 rows to learn from.")).toBeVisible();
    const announced = screen.getAllByRole("status").map(({ textContent }) => textContent);
    expect(announced).toContain("Version 1: Right for 84 of 100.");
  });

  it("says what more examples would bring", async () => {
    open("/train#classifier=mine");
    expect(await screen.findByText("40 more examples: about 3 points more (1 to 5).")).toBeVisible();
  });

  it("says whether words for groups of people change the answers, with a table", async () => {
    open("/train#classifier=mine");
    expect(await screen.findByText(/It answers hostile to 20% of harmless sentences/)).toBeVisible();
    const table = screen.getByRole("table", { name: /16 harmless English sentences/, hidden: true });
    expect(within(table).getByRole("row", { name: "(none) 10%", hidden: true })).toBeInTheDocument();
    expect(within(table).getByRole("row", { name: "gay 50% 44%", hidden: true })).toBeInTheDocument();
  });

  it("shows versions of an older server without these sentences", async () => {
    fake.bare = true;
    open("/train#classifier=mine");
    expect(await screen.findByText("84 of 100")).toBeVisible();
    expect(screen.queryByText(/more examples:|harmless sentences/)).toBeNull();
  });

  it("says when there are too few examples to know", async () => {
    fake.enough = false;
    open("/train#classifier=mine");
    expect(await screen.findByText("Too few to know")).toBeVisible();
    expect(screen.getAllByText(/Right for 2 of 3\./)).toHaveLength(2); // also beside the button that publishes
    expect(screen.queryByText("84 of 100")).toBeNull();
    const publish = screen.getByRole("region", { name: /Publish/ });
    expect(within(publish).getByRole("note")).toHaveTextContent(
      "Too few examples to know how good it is. Right for 2 of 3.",
    );
    expect(within(publish).getByRole("button", { name: "Publish version 1" })).toBeEnabled();
  });

  it("publishes without a warning if there are enough", async () => {
    open("/train#classifier=mine");
    await screen.findByText("84 of 100");
    await button("Publish version 1");
    expect(screen.queryByRole("note")).toBeNull();
  });

  it("warns of labels with few examples", async () => {
    open("/train#classifier=mine");
    const labels = await screen.findByRole("list", { name: "Labels" });
    expect(labels).toHaveTextContent("hostileonly 6 examples");
  });

  it("tries a sentence and marks the words that decide", async () => {
    const user = open("/train#classifier=mine");
    await user.type(await screen.findByLabelText("Try a sentence"), "wonderful");
    expect(await screen.findByText("positive")).toBeVisible();
    expect(screen.getByText("Strongest: “wonderful” for positive.")).toBeVisible();
  });

  it("says why a fit failed and fits again", async () => {
    fake.only.fit = { ...fake.fit(), state: "failed", reason: "the disk is full" };
    const user = open("/train#classifier=mine");
    expect(await screen.findByText("The disk is full")).toBeVisible();
    await user.click(await button("Fit again"));
    await waitFor(() => expect(fake.calls).toContain("POST fit"));
  });

  it("offers to cancel a fit that takes more than two seconds", async () => {
    vi.spyOn(fake, "endFit").mockImplementation(() => undefined);
    fake.fit();
    const user = open("/train#classifier=mine");
    expect(await screen.findByText(/Fitting: reading texts \(1 of 2 texts read\)/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
    await user.click(await button("Cancel"));
    await waitFor(() => expect(fake.only.fit?.state).toBe("cancelled"));
  });

  it("lets mistakes be fixed, kept or removed, and fits again", async () => {
    fake.mistakes = [1, 2, 3].map((id) => ({
      id,
      text: `doubt ${id}`,
      labels: ["civil"],
      suggested: ["hostile"],
      probability: 0.97,
      part: "test",
    }));
    const user = open("/train#classifier=mine");
    const list = await screen.findByRole("region", { name: "Most confident mistakes" });
    const press = async (text: string, name: string) => {
      const row = (await within(list).findByText(text)).closest("li")!;
      await user.click(within(row).getByRole("button", { name }));
      await waitFor(() => expect(within(list).queryByText(text)).toBeNull());
    };
    await press("doubt 1", "Change to hostile");
    expect(screen.getByText(/version 1 doesn’t know them yet/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Fit again" })).toBeNull();
    await press("doubt 2", "Keep civil");
    expect(fake.calls.slice(0, 2)).toEqual(['PATCH 1 {"labels":["hostile"]}', 'PATCH 2 {"checked":true}']);
    const row = within(list).getByText("doubt 3").closest("li")!;
    await user.click(within(row).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(fake.calls).toContain("DELETE 3"));
    expect(await screen.findByText(/know them yet/)).toBeVisible();
    await waitFor(() => expect(screen.queryByText(/know them yet/)).toBeNull());
    expect(await button("Fit again")).toBeVisible();
    expect(fake.calls).toContain("POST fit");
  });

  it("is published, and shows the link and the request", async () => {
    const user = open("/train#classifier=mine");
    await user.click(await button("Publish version 1"));
    expect(await screen.findByText("Version 1 of mine is published.")).toBeVisible();
    expect(screen.getByRole("link", { name: "Open it on the first page" })).toHaveAttribute(
      "href",
      "/#model=mine",
    );
    expect(screen.getByRole("group", { name: "Request in curl" })).toHaveTextContent('"model":"mine"');
  });
});
