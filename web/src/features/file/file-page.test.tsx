import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";

import type { FeedbackRequest, PredictRequest } from "../../api/generated";
import {
  answerTo,
  FEEDBACK,
  modelList,
  MODELS,
  PREDICT,
  problem,
  receiptOf,
  refuse,
  REQUEST_ID,
  score,
  summary,
} from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { csv, chooser, choose, run, rows, setUpFilePage } from "./file-page.testing";

setUpFilePage();

describe("File page", () => {
  it("shows the file's first rows and guesses the column", async () => {
    const user = await choose();
    expect(await screen.findByText(/: 5 rows, 2 columns/)).toBeVisible();
    expect(screen.getByRole("radio", { name: "review" })).toBeChecked();
    await user.click(screen.getByRole("checkbox", { name: /first row contains/ }));
    expect(screen.getByText(/: 6 rows, 2 columns/)).toBeVisible();
    expect(screen.getByRole("radio", { name: "column 2" })).toBeChecked();
  });

  it("scores the file and shows the distribution", async () => {
    await run();
    const facts = screen.getByRole("region", { name: "Distribution" });
    const figure = (name: string) => within(facts).getByText(name, { selector: "dt" }).nextSibling;
    await waitFor(() => expect(figure("positive")).toHaveTextContent("2 50%"));
    expect(figure("negative")).toHaveTextContent("1 25%");
    expect(figure("not sure")).toHaveTextContent("1 25%");
    expect(rows()).toEqual([
      expect.stringMatching(/^1positive 96.*A wonderful, moving film$/),
      expect.stringMatching(/^2negative 91.*dull$/),
      expect.stringMatching(/^3not sure positive 55.*fine$/),
      expect.stringMatching(/^4not scoredempty$/),
      expect.stringMatching(/^5positive 96.*=cmd\|wonderful$/),
    ]);
    expect(
      screen.getByRole("table", { name: /by their probability of positive/, hidden: true }),
    ).toHaveTextContent("95 to 100%2");
  });

  it("lists rows that can't be scored, and scores the rest", async () => {
    const user = await run();
    expect(await screen.findByText("1 row is empty and has no score.")).toBeVisible();
    expect(screen.queryByRole("region", { name: /couldn’t be scored/ })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Show it" }));
    await waitFor(() => expect(rows()).toEqual([expect.stringContaining("not scored")]));
  });

  it("lists rows that couldn't be scored, and counts empty ones", async () => {
    const user = await run(csv(["id,text", "1,", "2,", `3,${"a".repeat(201)}`].join("\n")));
    const failures = await screen.findByRole("region", { name: "1 row couldn’t be scored" });
    expect(failures).toHaveTextContent(/characters and the limit is 200.*Row 3\./);
    expect(failures).toHaveTextContent("2 rows are empty and have no score.");
    await user.click(within(failures).getByRole("button", { name: "Show them" }));
    await waitFor(() => expect(rows()).toHaveLength(3));
  });

  it("sorts, filters and searches", async () => {
    const user = await run();
    await user.selectOptions(screen.getByRole("combobox", { name: "Sort by" }), "most negative first");
    await waitFor(() => expect(rows()[0]).toContain("dull"));
    await user.selectOptions(screen.getByRole("combobox", { name: "Show" }), "positive (confident)");
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(screen.getByText("2 of 5 rows")).toBeVisible();
    await user.type(screen.getByRole("searchbox"), "nowhere");
    await waitFor(() => expect(rows()).toEqual(["No rows match."]));
  });

  it("takes feedback on the open row", async () => {
    const taken: FeedbackRequest[] = [];
    server.use(
      http.post<never, FeedbackRequest>(FEEDBACK, async ({ request }) => {
        taken.push(await request.json());
        return HttpResponse.json(receiptOf(taken[0]!), { status: 201 });
      }),
    );
    const user = await run();
    await user.click(screen.getByRole("button", { name: /most negative/ }));
    const dialog = await screen.findByRole("dialog", { name: "Row 2" });
    await user.click(within(dialog).getByRole("button", { name: "Yes" }));
    expect(await within(dialog).findByText(/^Saved:/)).toBeVisible();
    expect(taken).toMatchObject([
      { predicted: "negative", correct: true, text: null, model: summary.version, request_id: REQUEST_ID },
    ]);
    expect(within(dialog).getByText("You marked this row: correct.")).toBeVisible();
    expect(rows()[0]).toMatch(/^2negative 91.*correctdull$/);
    await user.keyboard("{ArrowRight}");
    expect(within(dialog).getByText("Is this correct?")).toBeVisible();
  });

  it("opens the most negative row, moves with the arrow keys, and links to the words", async () => {
    const user = await run();
    await user.click(screen.getByRole("button", { name: "Open the most negative" }));
    const dialog = await screen.findByRole("dialog", { name: "Row 2" });
    expect(dialog).toHaveTextContent(/dull.*negative, 91/);
    expect(within(dialog).getByRole("link", { name: /which words/ })).toHaveAttribute("href", "/#text=dull");
    expect(within(dialog).getByRole("button", { name: "Previous" })).toHaveAttribute("aria-disabled", "true");
    await user.keyboard("{ArrowLeft}{ArrowRight}");
    expect(screen.getByRole("dialog", { name: "Row 3" })).toHaveTextContent("not sure, leaning positive");
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("opens a row by keyboard, and returns the focus to the table at once", async () => {
    const user = await run();
    const table = screen.getByRole("grid", { name: "Scored rows" });
    table.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    expect(await screen.findByRole("dialog", { name: "Row 2" })).toBeVisible();
    expect(window.location.hash).toBe("#row=2");
    await user.keyboard("{ArrowRight}{Escape}");
    expect(table).toHaveFocus();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    await user.keyboard("{Enter}"); // while the history still goes back
    expect(await screen.findByRole("dialog", { name: "Row 3" })).toBeVisible();
  });

  it("restores filter, order and open row after Back and navigation", async () => {
    const user = await run();
    await user.selectOptions(screen.getByRole("combobox", { name: "Show" }), "positive (confident)");
    await user.click(screen.getByRole("button", { name: "Open the most negative" }));
    const dialog = await screen.findByRole("dialog", { name: "Row 2" });
    await user.click(within(dialog).getByRole("link", { name: /which words/ }));
    await screen.findByRole("textbox", { name: "Your text" });
    window.history.back();
    expect(await screen.findByRole("dialog", { name: "Row 2" })).toBeVisible();
    window.history.back();
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(screen.getByRole("combobox", { name: "Sort by" })).toHaveDisplayValue("most negative first");
    expect(rows()[0]).toContain("dull");
  });

  it("downloads the results with escaped formulas", async () => {
    const user = await run();
    let saved: Blob | undefined;
    vi.stubGlobal(
      "URL",
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => ((saved = blob), "blob:"),
        revokeObjectURL: () => undefined,
      }),
    );
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      expect(this.download).toBe("reviews-scored.csv");
    });
    expect(
      screen.getByText(/1 cell that a spreadsheet would run as a formula starts with an apostrophe/),
    ).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Download 5 rows" }));
    expect(click).toHaveBeenCalledOnce();
    const text = await saved!.text();
    expect(text).toContain(`5,'=cmd|wonderful,positive`);
    expect(text).toContain("4,,,,,text-empty,,");
  });

  it("says what is wrong with a file, and reads it in another encoding", async () => {
    const user = await choose(new File([new Uint8Array([0x63, 0x61, 0x66, 0xe9])], "<b>café</b>.txt"));
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "<b>café</b>.txt: The file isn't valid<b>café</b>.txt, line 1: it has a byte that is not UTF-8.",
    );
    await user.click(screen.getByRole("button", { name: "Read as Western European (Windows-1252)" }));
    expect(await screen.findByRole("cell", { name: "café" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "New file" }));
    expect(chooser()).toBeInTheDocument();
  });

  it("scores forum posts without quotes, unless told otherwise", async () => {
    const posts = ["> dull, all of it", "> dull again"].map((quote, i) => `"${quote}\n\nwonderful ${i}"`);
    const user = await choose(csv(["text", ...posts, "fine"].join("\n")));
    expect(await screen.findByRole("cell", { name: "wonderful 1" })).toBeVisible();
    const leaveOut = screen.getByRole("checkbox", { name: /^Leave out quotes/ });
    expect(leaveOut).toBeChecked();
    await user.click(leaveOut);
    expect(await screen.findByRole("cell", { name: /^> dull again\s+wonderful 1$/ })).toBeVisible();
    await user.click(leaveOut);
    expect(await screen.findByRole("cell", { name: "wonderful 1" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Score 3 rows" }));
    await screen.findByText("All 3 rows scored.");
    expect(rows()[0]).toMatch(/^1positive 96.*wonderful 0$/);
  });

  it("reads the file again as asked", async () => {
    const user = await choose(csv("a;b;note\none;x;first of all\ntwo;y;second of all\nthree;z\n"));
    expect(await screen.findByRole("alert")).toHaveTextContent("line 4: 2 cells, but the header has 3.");
    expect(screen.getByRole("button", { name: "Score 2 rows" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Skip bad rows" }));
    expect(await screen.findByText("Rows that cannot be read: 1")).toBeVisible();
    await user.click(screen.getByRole("radio", { name: "a" }));
    await waitFor(() => expect(screen.getByRole("radio", { name: "a" })).toBeChecked());
    await user.selectOptions(screen.getByRole("combobox", { name: "Separator" }), "comma");
    expect(await screen.findByRole("radio", { name: "a;b;note" })).toBeChecked();
    await user.click(screen.getByRole("checkbox", { name: /first row contains/ }));
    expect(await screen.findByRole("radio", { name: "column 1" })).toBeChecked();
    await user.selectOptions(screen.getByRole("combobox", { name: "Format" }), "one text per line");
    expect(await screen.findByRole("radio", { name: "text" })).toBeChecked();
    expect(screen.queryByRole("combobox", { name: "Separator" })).not.toBeInTheDocument();
  });

  it("shows why not all of a file could be read, and reads it as the answer offers", async () => {
    const refusal = problem(422, "invalid-file", "The file isn't valid", "The file, line 900: broken.", [
      { purpose: "To leave such rows out", parameters: { bad_rows: "skip" } },
    ]);
    server.use(http.post("*/api/v1/files/read", () => refuse(refusal), { once: true }));
    const user = await choose();
    await user.click(await screen.findByRole("button", { name: "Score 5 rows" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("line 900: broken.");
    await user.click(screen.getByRole("button", { name: "Skip bad rows" }));
    await waitFor(() => expect(screen.getByRole("checkbox", { name: "Skip bad rows" })).toBeChecked());
    await user.click(await screen.findByRole("button", { name: "Score 5 rows" }));
    await screen.findByText("All 5 rows scored.");
  });

  it("shows all labels of a row, or none", async () => {
    const model = { ...summary, labels: ["angry", "rude"], multi_label: true, thresholds: [] };
    const several = (labels: string[]) => ({
      ...score("", false),
      label: "angry",
      labels,
      sure: true,
      probabilities: [
        { label: "angry", probability: 0.8 },
        { label: "rude", probability: 0.7 },
      ],
    });
    server.use(
      http.get(MODELS, () => HttpResponse.json(modelList(model))),
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { texts } = await request.json();
        return HttpResponse.json(
          answerTo(...(texts ?? []).map((text) => several(text === "fine" ? [] : ["angry", "rude"]))),
        );
      }),
    );
    const user = await run(csv("id,review\n1,you fool\n2,fine"));
    const fact = (name: string) => screen.getByText(name, { selector: "dt" }).nextSibling;
    await waitFor(() => expect(fact("angry")).toHaveTextContent("1 50%"));
    expect(fact("rude")).toHaveTextContent("1 50%");
    expect(fact("no label")).toHaveTextContent("1 50%");
    expect(rows()[0]).toContain("angry, rude");
    expect(rows()[1]).toContain("no label");
    await user.click(screen.getByText("you fool"));
    const dialog = await screen.findByRole("dialog", { name: "Row 1" });
    expect(within(dialog).queryByText("Is this correct?")).not.toBeInTheDocument();
  });

  it("has an example, and supports any number of labels", async () => {
    const emotion = { ...summary, labels: ["joy", "anger", "fear"] };
    server.use(
      http.get(MODELS, () => HttpResponse.json(modelList(emotion))),
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { texts } = await request.json();
        const probabilities = [0.1, 0.7, 0.2].map((probability, i) => ({
          label: emotion.labels[i]!,
          probability,
        }));
        return HttpResponse.json(
          answerTo(
            ...(texts ?? []).map((text) => ({
              ...score(text, false),
              label: "anger",
              probability: 0.7,
              sure: true,
              probabilities,
            })),
          ),
        );
      }),
    );
    const user = open("/many");
    await user.click(await screen.findByRole("button", { name: /example: 24 reviews/ }));
    await user.click(await screen.findByRole("button", { name: "Score 24 rows" }));
    await screen.findByText("All 24 rows scored.");
    await waitFor(() =>
      expect(screen.getByText("anger", { selector: "dt" }).nextSibling).toHaveTextContent("24 100%"),
    );
    expect(screen.queryByRole("button", { name: /Open the most/ })).not.toBeInTheDocument();
  });
});
