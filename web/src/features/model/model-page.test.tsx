import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { detail, measured, MODEL, modelList, MODELS, problem, refuse, summary } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";

describe("Model page", () => {
  it("shows purpose, accuracy, mistakes, limits and provenance", async () => {
    open("/model");
    const title = "Classifies text as negative or positive";
    expect(await screen.findByRole("heading", { level: 1, name: title })).toBeVisible();
    expect(document.title).toBe("Model: reviews · Valence");
    expect(screen.getByText("Model: reviews (MiniLM)")).toBeVisible();
    expect(screen.getByRole("list", { name: "Accuracy" })).toHaveTextContent(
      "86.8% labelled correctly: SST-2, test split, 872 texts (95% interval 84.8 to 88.8)",
    );
    const table = screen.getByRole("table", { name: /Results on SST-2, test split, 872 texts/ });
    expect(
      within(table).getByRole("row", { name: /Only the final layer changed.*86\.8.*84\.8 to 88\.8/ }),
    ).toBeInTheDocument();
    const matrix = screen.getByRole("table", { name: /Confusion matrix/ });
    expect(within(matrix).getByRole("row", { name: /true negative 371.*57/ })).toBeInTheDocument();
    expect(await screen.findByText("English only.")).toBeVisible();
    expect(screen.getByText("3f0c9a1be2d4")).not.toBeVisible(); // a hash helps nobody to choose
    expect(screen.getByText("computes with").nextSibling).toHaveTextContent("avx2");
    expect(screen.getByRole("group", { name: "Commands" })).toHaveTextContent("valence pretrain --data imdb");
  });

  it("says how few rows the figures rest on, and how they were tested", async () => {
    const [first] = detail.results;
    const caution = "12 rows: any figure below is a guess.";
    const few = {
      ...first!,
      split: "cross-validation",
      rows: 12,
      caution,
      cross_validation: { parts: 6, repeats: 3 },
    };
    server.use(http.get(`${MODELS}/:name`, () => HttpResponse.json({ ...detail, results: [few] })));
    open("/model");
    const figures = await screen.findByRole("list", { name: "Accuracy" });
    expect(figures).toHaveTextContent("SST-2, cross-validation, 12 texts");
    expect(within(figures).getByText(caution)).toBeVisible();
    expect(within(figures).getByText(/No rows were held out: .* in 6 parts/)).toBeVisible();
  });

  it("shows the card without executing its content", async () => {
    open("/model");
    expect(await screen.findByText(/^A card\./)).toBeInTheDocument();
    expect(document.querySelector("article script")).toBeNull();
    expect(screen.getByText("a trap")).not.toHaveAttribute("href", expect.stringContaining("javascript"));
  });

  it("charts another metric", async () => {
    const user = open("/model");
    await user.selectOptions(await screen.findByRole("combobox", { name: "Metric" }), "Calibration error");
    expect(screen.getByText(/average gap between confidence and accuracy/)).toBeInTheDocument();
    expect(screen.getByRole("columnheader", { name: "Calibration error" })).toBeInTheDocument();
  });

  it("explains several labels per text, and what counts as correct", async () => {
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
    expect(await screen.findByText(/A text can have several labels, or none\./)).toBeVisible();
    expect(screen.getByText(/with exactly the correct labels/).parentElement).toHaveTextContent(/^71\.3%/);
  });

  it("says if there are no results and no card", async () => {
    server.use(
      http.get(MODEL, () =>
        HttpResponse.json({ ...detail, results: [], comparisons: [], card: "", provenance: {} }),
      ),
    );
    open("/model");
    expect(await screen.findByText(/This model has no recorded results/)).toBeInTheDocument();
    expect(screen.getByText("This model has no model card.")).toBeInTheDocument();
    expect(screen.queryByRole("group", { name: "Commands" })).not.toBeInTheDocument();
  });

  it("links to the other models", async () => {
    server.use(
      http.get(MODELS, () =>
        HttpResponse.json(modelList(summary, { ...summary, name: "b", default: false })),
      ),
    );
    open("/model?name=reviews");
    const models = await screen.findByRole("navigation", { name: "Models" });
    expect(within(models).getByRole("link", { name: "b" })).toHaveAttribute("href", "/model?name=b");
  });

  it("says if a model is unknown, and what to do", async () => {
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
    expect(await screen.findByRole("alert")).toHaveTextContent("automatically");
    expect(
      await screen.findByRole("heading", { level: 1, name: /^Classifies/ }, { timeout: 3000 }),
    ).toBeVisible();
  });

  describe("with detailed results", () => {
    const closer = () =>
      server.use(
        http.get(MODEL, () => HttpResponse.json({ ...detail, results: [...detail.results, measured] })),
      );
    const choose = async () => {
      const user = open("/model");
      await user.selectOptions(
        await screen.findByRole("combobox", { name: "Details for" }),
        "SST-2, dev split: sst2: bundled as it is served",
      );
      return user;
    };

    it("shows metrics by label, calibration and accuracy by kind of text", async () => {
      closer();
      await choose();
      const labels = screen.getByRole("table", { name: "Metrics by label, in percent" });
      expect(within(labels).getByRole("row", { name: "positive 84.1 85.6 84.8 444" })).toBeInTheDocument();
      expect(screen.getByRole("region", { name: "Is 80% really 80%?" })).toHaveTextContent(
        /average gap is 1\.7 points\. With perfect calibration, chance alone would cause a gap of 2\.4 on this many texts/,
      );
      const bins = screen.getByRole("table", { name: "Confidence and accuracy", hidden: true });
      expect(within(bins).getAllByRole("row", { hidden: true })).toHaveLength(9);
      const slices = screen.getByRole("table", { name: "Accuracy on subsets of the texts", hidden: true });
      expect(slices).toHaveTextContent("2 to 13 words23989.1");
    });

    it("shows the effect of a threshold", async () => {
      closer();
      const user = await choose();
      const section = screen.getByRole("region", { name: "Choose a threshold" });
      const slider = within(section).getByRole("slider");
      expect(slider).toHaveAccessibleName("Predict positive from 50%");
      expect(slider).toHaveAttribute(
        "aria-valuetext",
        expect.stringMatching(/^50%: Of 4\d\d texts predicted positive/),
      );
      fireEvent.change(slider, { target: { value: "0" } });
      expect(section).toHaveTextContent("Of 444 positive texts, 444 are found (recall 100.0%).");
      await user.click(within(section).getByRole("button", { name: "Precision 95%" }));
      expect(section).toHaveTextContent(/\(precision 9[45]\.\d%\)\. Of 444/);
      expect(within(section).getByRole("table", { name: "ROC curve", hidden: true })).toHaveTextContent(
        "never0.0%0.0%",
      );
      const precision = within(section).getByRole("table", { name: "Precision and recall", hidden: true });
      expect(within(precision).getAllByRole("row", { hidden: true })).toHaveLength(12);
      expect(precision).toHaveTextContent("99.6%0.2%100.0%");
      fireEvent.change(slider, { target: { value: "0" } });
      expect(section).toHaveTextContent("sees 1,000 in a thousand texts like these.");
    });

    it("chooses a threshold for the other label too", async () => {
      closer();
      const user = await choose();
      const section = screen.getByRole("region", { name: "Choose a threshold" });
      await user.selectOptions(within(section).getByRole("combobox", { name: "Label" }), "negative");
      expect(within(section).getByRole("slider")).toHaveAccessibleName("Predict negative from 50%");
      await user.click(within(section).getByRole("button", { name: "Precision 95%" }));
      expect(section).toHaveTextContent(
        /texts predicted negative, \d+ are correct \(precision 9[45]\.\d%\)\. Of 428 negative/,
      );
      expect(
        within(section).getByRole("table", { name: "Precision and recall", hidden: true }),
      ).toBeInTheDocument();
    });

    it("shows the learning curve, if measured", async () => {
      closer();
      await choose();
      const section = screen.getByRole("region", { name: "Would more data help?" });
      expect(section).toHaveTextContent("With 16 rows it labels 76.3% of 160 validation texts correctly");
      const table = within(section).getByRole("table", { hidden: true });
      expect(table).toHaveTextContent("1676.370.0 to 83.1");
    });
  });

  it("shows the most confident mistakes first, and the others on request", async () => {
    const failures = Array.from({ length: 7 }, (_, i) => ({
      text: `Mistake ${i}.`,
      truth: "positive",
      predicted: "negative",
      probability: 0.9,
      key: null,
    }));
    const results = [{ ...detail.results[0]!, known_failures: failures }];
    server.use(http.get(MODEL, () => HttpResponse.json({ ...detail, results })));
    const user = open("/model");
    const section = await screen.findByRole("region", { name: "Where it fails" });
    expect(section).toHaveTextContent(/Mistake 0\. predicted negative \(90%\), actually positive/);
    expect(within(section).getByText("Mistake 4.")).toBeVisible();
    expect(within(section).getByText("Mistake 5.")).not.toBeVisible();
    await user.click(within(section).getByText("Show 2 more"));
    expect(within(section).getByText("Mistake 5.")).toBeVisible();
  });

  it("names the rows of its mistakes, and of many labels those that are confused most", async () => {
    const many = {
      ...detail.results[0]!,
      confusion: null,
      confused: [{ truth: "card lost", predicted: "card stolen", rows: 12, share: 0.3 }],
      per_class: [{ label: "card lost", precision: 0.8, recall: 0.7, f1: 0.747, support: 40, roc_auc: null }],
      mistakes: [{ key: "tickets.csv:17", truth: "card lost", predicted: "card stolen", probability: 0.97 }],
    };
    server.use(http.get(MODEL, () => HttpResponse.json({ ...detail, results: [many] })));
    open("/model");
    const pairs = await screen.findByRole("region", { name: "Most confused labels", hidden: true });
    expect(pairs).toHaveTextContent("card lostcard stolen12");
    expect(screen.getByRole("region", { name: "Metrics by label", hidden: true })).toHaveTextContent("74.7");
    const section = screen.getByRole("region", { name: "Where it fails" });
    expect(section).toHaveTextContent("tickets.csv:17 predicted card stolen (97%), actually card lost");
  });

  it("opens the linked section, and lists all sections", async () => {
    open("/model#card");
    const card = await screen.findByText(/^A card\./);
    await waitFor(() => expect(card).toBeVisible());
    const contents = screen.getByRole("navigation", { name: "On this page" });
    expect((await within(contents).findAllByRole("link")).map((link) => link.getAttribute("href"))).toEqual([
      "#mistakes",
      "#results",
      "#confusion",
      "#card",
      "#making",
    ]);
    expect(screen.getByRole("group", { name: "Commands", hidden: true })).not.toBeVisible();
  });

  it("omits what an older evaluation didn't save", async () => {
    open("/model");
    await screen.findByRole("table", { name: /Confusion matrix/ });
    expect(screen.queryByRole("heading", { name: "Choose a threshold" })).not.toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "Would more data help?" })).not.toBeInTheDocument();
    expect(screen.queryByRole("heading", { name: "Is 80% really 80%?" })).not.toBeInTheDocument();
    expect(screen.queryByRole("combobox", { name: "Details for" })).not.toBeInTheDocument();
  });
});
