import { fireEvent, screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { detail, measured, MODEL, modelList, MODELS, problem, refuse, summary } from "../../test/handlers";
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

  it("says of several labels a text that they are no alternatives, and what counts as right", async () => {
    const [first] = detail.results;
    const several = {
      ...first!,
      multi_label: true,
      confusion: null,
      metrics: { subset_accuracy: { value: 0.713, low: 0.7, high: 0.73 } },
    };
    server.use(
      http.get(MODEL, () =>
        HttpResponse.json({ ...detail, multi_label: true, results: [several, first], comparisons: [] }),
      ),
    );
    open("/model");
    expect(await screen.findByText(/Gives a text any of negative and positive, or none\./)).toBeVisible();
    expect(screen.getByText(/given exactly the right labels/)).toHaveTextContent("71.3 %");
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

  describe("with a closer look saved", () => {
    const closer = () =>
      server.use(
        http.get(MODEL, () => HttpResponse.json({ ...detail, results: [...detail.results, measured] })),
      );
    const choose = async () => {
      const user = open("/model");
      await user.selectOptions(
        await screen.findByRole("combobox", { name: "A closer look at" }),
        "SST-2, dev split: sst2: bundled as it is served",
      );
      return user;
    };

    it("shows each label's figures, what percentages are worth, and on which texts it is better", async () => {
      closer();
      await choose();
      const labels = screen.getByRole("table", { name: "Each label’s figures, times 100" });
      expect(within(labels).getByRole("row", { name: "positive 84.1 85.6 84.8 444" })).toBeVisible();
      expect(screen.getByRole("region", { name: "What its percentages are worth" })).toHaveTextContent(
        /off by 1\.7 points\. Were every percentage true, chance alone would make that 2\.4 on so many texts/,
      );
      const bins = screen.getByRole("table", { name: "Certainty against accuracy", hidden: true });
      expect(within(bins).getAllByRole("row", { hidden: true })).toHaveLength(9);
      const slices = screen.getByRole("table", { name: "Accuracy on parts of the texts", hidden: true });
      expect(slices).toHaveTextContent("2 to 13 words23989.1");
    });

    it("says what another threshold does", async () => {
      closer();
      const user = await choose();
      const section = screen.getByRole("region", { name: "Where to draw the line" });
      const slider = within(section).getByRole("slider");
      expect(slider).toHaveAccessibleName("Called positive from 50 % on");
      expect(slider).toHaveAttribute(
        "aria-valuetext",
        expect.stringMatching(/^50 %: Of 4\d\d texts called positive/),
      );
      fireEvent.change(slider, { target: { value: "0" } });
      expect(section).toHaveTextContent("Of 444 that are, 444 are found (100.0 %).");
      await user.click(within(section).getByRole("button", { name: "95 % of calls right" }));
      expect(section).toHaveTextContent(/\(9[45]\.\d %\)\. Of 444/);
      expect(within(section).getByRole("table", { name: "ROC curve", hidden: true })).toHaveTextContent(
        "never0.0 %0.0 %",
      );
      const precision = within(section).getByRole("table", { name: "Precision and recall", hidden: true });
      expect(within(precision).getAllByRole("row", { hidden: true })).toHaveLength(12);
      expect(precision).toHaveTextContent("99.6 %0.2 %100.0 %");
      fireEvent.change(slider, { target: { value: "0" } });
      expect(section).toHaveTextContent("sees 1,000 in a thousand texts like these.");
    });

    it("says what more rows bring, where it was measured", async () => {
      closer();
      await choose();
      const section = screen.getByRole("region", { name: "What more rows bring" });
      expect(section).toHaveTextContent("with 16 of them 76.3 % of 160 validation texts are right");
      const table = within(section).getByRole("table", { hidden: true });
      expect(table).toHaveTextContent("1676.370.0 to 83.1");
    });
  });

  it("leaves out what an older evaluation did not save", async () => {
    open("/model");
    await screen.findByRole("table", { name: /Confusion matrix/ });
    expect(screen.queryByRole("heading", { name: "Where to draw the line" })).not.toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "What more rows bring" })).not.toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "What its percentages are worth" })).not.toBeInTheDocument();
    expect(screen.queryByRole("combobox", { name: "A closer look at" })).not.toBeInTheDocument();
  });
});
