import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { detail, MODEL, modelList, MODELS, problem, refuse, summary } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";

describe("The model", () => {
  it("says what it is, how good, where it errs, what limits it has and how it was made", async () => {
    open("/model");
    expect(await screen.findByRole("heading", { level: 1, name: "reviews" })).toBeVisible();
    expect(document.title).toBe("The model reviews · Valence");
    const table = screen.getByRole("table", { name: /Results on SST-2, test split, 872 texts/ });
    expect(
      within(table).getByRole("row", { name: /Only the final layer changed.*86\.8.*84\.8 to 88\.8/ }),
    ).toBeVisible();
    const matrix = screen.getByRole("table", { name: /Confusion matrix/ });
    expect(within(matrix).getByRole("row", { name: /truly negative 371.*57/ })).toBeVisible();
    expect(await screen.findByText("English only.")).toBeVisible();
    expect(screen.getByRole("group", { name: "Commands" })).toHaveTextContent("valence pretrain --data imdb");
  });

  it("shows the card without running what is in it", async () => {
    open("/model");
    expect(await screen.findByText(/^A card\./)).toBeVisible();
    expect(document.querySelector("article script")).toBeNull();
    expect(screen.getByText("a trap")).not.toHaveAttribute("href", expect.stringContaining("javascript"));
  });

  it("lets the chart show another figure", async () => {
    const user = open("/model");
    await user.selectOptions(
      await screen.findByRole("combobox", { name: "Chart shows" }),
      "Calibration error",
    );
    expect(screen.getByText(/how far its percentages are from the truth/)).toBeVisible();
    expect(screen.getByRole("columnheader", { name: "Calibration error" })).toBeVisible();
  });

  it("says so where there are no results and no card", async () => {
    server.use(
      http.get(MODEL, () =>
        HttpResponse.json({ ...detail, results: [], comparisons: [], card: "", provenance: {} }),
      ),
    );
    open("/model");
    expect(await screen.findByText(/None are recorded/)).toBeVisible();
    expect(screen.getByText("This model came without one.")).toBeVisible();
    expect(screen.queryByRole("heading", { name: "How it was made" })).not.toBeInTheDocument();
  });

  it("names the models of the server where there are several", async () => {
    server.use(
      http.get(MODELS, () =>
        HttpResponse.json(modelList(summary, { ...summary, name: "b", default: false })),
      ),
    );
    open("/model?name=reviews");
    const models = await screen.findByRole("navigation", { name: "Models" });
    expect(within(models).getByRole("link", { name: "b" })).toHaveAttribute("href", "/model?name=b");
  });

  it("says that a model is unknown, with what to do", async () => {
    server.use(
      http.get(MODEL, () =>
        refuse(problem(404, "unknown-model", "There is no such model", "There are: reviews.")),
      ),
    );
    open("/model?name=nope");
    expect(await screen.findByRole("alert")).toHaveTextContent("There are: reviews.");
  });

  it("recovers when the server is back", async () => {
    let calls = 0;
    server.use(
      http.get(MODELS, () => {
        calls += 1;
        return calls === 1 ? HttpResponse.error() : HttpResponse.json(modelList(summary));
      }),
    );
    open("/model");
    expect(await screen.findByRole("alert")).toHaveTextContent("by itself");
    expect(
      await screen.findByRole("heading", { level: 1, name: "reviews" }, { timeout: 3000 }),
    ).toBeVisible();
  });
});
