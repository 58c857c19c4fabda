import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { PredictRequest } from "../../api/generated";
import { loadItem } from "../../lib/browser-store";
import { answerTo, modelList, MODELS, PREDICT, problem, refuse, score, summary } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import "./perspective-page"; // loaded before the clock of the first test starts
import { session } from "./session";

const LOG = [
  "id,comment,SPAM,TOXICITY",
  "1,a wonderful film,0.5,0.1",
  '2,"dull, and long",0.5,0.95',
  "3,so dull,0.5,0.2",
  "4,=wonderful again,0.5,0.9",
  "5,,0.5,0.9",
  "6,fine,0.5,86",
].join("\n");
const file = (content = LOG, name = "old.csv") => new File([content], name, { type: "text/csv" });
const chooser = () => screen.getByLabelText("File with texts");

let asked: string[][] = [];

beforeEach(() => {
  asked = [];
  server.use(
    http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
      const texts = (await request.json()).texts ?? [];
      asked.push(texts);
      const results = texts.map((text) =>
        text === ""
          ? { kind: "error" as const, error: { code: "text-empty", detail: "The text is empty." } }
          : score(text, false),
      );
      return HttpResponse.json(answerTo(...results));
    }),
  );
});
afterEach(async () => {
  vi.restoreAllMocks();
  await session.clear();
});

async function choose(chosen = file()) {
  const user = open("/perspective");
  await screen.findByRole("heading", { level: 1, name: "Move from Perspective." });
  await user.upload(chooser(), chosen);
  return user;
}

async function compared(chosen = file()) {
  const user = await choose(chosen);
  await user.click(await screen.findByRole("button", { name: /^Compare / }));
  await screen.findByRole("heading", { name: /Flag from|flag no comment/ });
  return user;
}

const listed = (name: RegExp) =>
  within(screen.getByRole("region", { name }))
    .queryAllByRole("listitem")
    .map((item) => item.textContent);

describe("The page for who leaves Perspective", () => {
  it("guesses the columns, and shows the threshold and what would change", async () => {
    await compared();
    // Old scores from 0.8 on flag rows 2 and 4; the new scores of "dull" are 0.91, of "wonderful" 0.04.
    expect(screen.getByRole("heading", { name: "Flag from 0.48 in place of 0.8" })).toBeVisible();
    expect(screen.getByText(/flags as many as before: 2 of 4 comments/)).toBeVisible();
    expect(listed(/^Flagged anew: 1/)).toEqual(["so dullLine 4: old 0.20, new 0.91"]);
    expect(listed(/^No longer flagged: 1/)).toEqual(["=wonderful againLine 5: old 0.90, new 0.04"]);
    expect(
      screen.getByText(/2 rows are left out: 1 without a comment, 1 whose old score isn’t a number/),
    ).toBeVisible();
  });

  it("compares another column, threshold or label without scoring again", async () => {
    const user = await compared();
    expect(asked).toHaveLength(1);
    await user.selectOptions(screen.getByLabelText("Old scores"), "SPAM");
    expect(screen.getByRole("heading", { name: "The old scores flag no comment" })).toBeVisible();
    const field = screen.getByLabelText("Flagged from");
    await user.clear(field);
    await user.type(field, "2");
    expect(field).toBeInvalid();
    await user.clear(field);
    await user.type(field, "0,5");
    expect(await screen.findByText(/flags as many as before: 5 of 5 comments/)).toBeVisible();
    await user.selectOptions(screen.getByLabelText(/New score/), "positive");
    expect(await screen.findByText(/The label positive then flags/)).toBeVisible();
    expect(asked).toHaveLength(1);
    await waitFor(() => expect(window.location.hash).toContain("from=0.5"));
  });

  it("says that a low correlation may mean another thing is measured", async () => {
    await compared(file("comment,score\nso dull,0.1\na wonderful film,0.9\n"));
    expect(screen.getByText(/a negative comment isn’t a toxic one/)).toBeVisible();
  });

  it("asks for the column with the old scores if it isn’t clear", async () => {
    const user = await choose(file("comment,x,y\nso dull,0.5,0.4\nwonderful,0.1,0.9\n"));
    expect(await screen.findByText(/Choose the column with the old scores/)).toBeVisible();
    expect(screen.getByRole("button", { name: /^Compare / })).toBeDisabled();
    await user.selectOptions(screen.getByLabelText("Old scores"), "y");
    await user.click(screen.getByRole("button", { name: "Compare 2 comments" }));
    expect(await screen.findByText(/of 2 comments/)).toBeVisible();
  });

  it("says what is missing in a file with one column, and with no score at all", async () => {
    const user = await choose(file("comment\nso dull\nwonderful\n"));
    expect(await screen.findByText(/has one column only/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Other file" }));
    await user.upload(chooser(), file("comment,score\nso dull,high\nwonderful,low\n"));
    await user.selectOptions(await screen.findByLabelText("Old scores"), "score");
    await user.click(await screen.findByRole("button", { name: "Compare 2 comments" }));
    expect(await screen.findByText("No row has both a comment and an old score")).toBeVisible();
  });

  it("keeps the scores in this browser until the file is removed", async () => {
    const user = await compared();
    await waitFor(async () => expect(await loadItem("comparison-scores")).toBeDefined());
    expect(await loadItem("run-file")).toBeUndefined(); // the file page's own
    await user.click(screen.getByRole("button", { name: "Remove this file" }));
    expect(chooser()).toBeInTheDocument();
    await waitFor(async () => expect(await loadItem("comparison-file")).toBeUndefined());
  });

  it("goes back to the file, to compare another classifier", async () => {
    const other = {
      ...summary,
      name: "forum",
      default: false,
      version: { ...summary.version, name: "forum" },
    };
    server.use(http.get(MODELS, () => HttpResponse.json(modelList(summary, other))));
    const user = await compared();
    await user.click(screen.getByRole("button", { name: /Other classifier/ }));
    await user.selectOptions(screen.getByLabelText("Model"), "forum");
    expect(screen.getByRole("button", { name: "Compare 6 comments" })).toBeEnabled();
  });

  it("shows an error of the server, and resumes", async () => {
    server.use(
      http.post(PREDICT, () => refuse(problem(500, "internal", "Something broke", "Try later.")), {
        once: true,
      }),
    );
    const user = await choose();
    await user.click(await screen.findByRole("button", { name: /^Compare / }));
    expect(await screen.findByText("Something broke")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Resume" }));
    expect(await screen.findByRole("heading", { name: /Flag from/ })).toBeVisible();
  });

  it("offers an example", async () => {
    const user = open("/perspective");
    await user.click(await screen.findByRole("button", { name: /example/ }));
    expect(await screen.findByRole("button", { name: "Compare 20 comments" })).toBeEnabled();
    expect(screen.getByLabelText("Old scores")).toHaveValue("TOXICITY");
  });
});
