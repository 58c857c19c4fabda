import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { FeedbackRequest, PredictRequest } from "../../../api/generated";
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
} from "../../../test/handlers";
import { storeItem, loadItem } from "../../../lib/browser-store";
import { open } from "../../../test/render";
import { server } from "../../../test/server";
import { draftStore } from "./draft";
import { readingHandler } from "./fake-reading.testing";

const GOOD = Array.from({ length: 4 }, (_, i) => `Ann: wonderful ${i}`);
const BAD = Array.from({ length: 4 }, (_, i) => `Ben: > wonderful 0\nso dull ${i}`);
const THREAD = [...GOOD, ...BAD].join("\n");

const field = () => screen.findByRole("textbox", { name: "Your discussion" });
const slider = () => screen.findByRole("slider", { name: "Comment" });
const scored = () => screen.findByText(/^(Turning point|No clear turning)/, { selector: "p" });
const card = (number: number) => screen.getByRole("article", { name: `Comment ${number}` });
const rows = () =>
  within(screen.getByRole("grid", { name: "Comments" }))
    .getAllByRole("row")
    .slice(1);

let asked: string[] = [];
beforeEach(() => {
  asked = [];
  server.use(
    readingHandler,
    http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
      const texts = (await request.json()).texts ?? [];
      asked.push(...texts);
      return HttpResponse.json(answerTo(...texts.map((text) => score(text, false))), {
        headers: { "X-Request-ID": REQUEST_ID },
      });
    }),
  );
});
afterEach(() => draftStore.clear());

async function paste(text: string) {
  const user = open("/discussion");
  await user.click(await field());
  await user.paste(text);
  return user;
}

describe("Discussion page", () => {
  it("splits and scores a discussion without quotes, and shows the turning point", async () => {
    await paste(THREAD);
    expect(await screen.findByText("8 comments, 2 people, 4 quotes ignored")).toBeVisible();
    expect(await scored()).toHaveTextContent(
      "Turning point: comment 5, by Ben. On average 96% positive before, 9% after.",
    );
    expect(asked).not.toContainEqual(expect.stringContaining(">"));
    expect(rows()).toHaveLength(8);
    expect(rows()[4]).toHaveTextContent(/^5negative 91.*Benso dull 0$/);
  });

  it("shows what was left out, and scores it too if asked", async () => {
    const user = await paste(THREAD);
    await scored();
    await user.click(within(rows()[4]!).getByRole("button"));
    expect(within(card(5)).getByTitle("Left out, not scored")).toHaveTextContent("wonderful 0");
    asked = [];
    await user.click(screen.getByRole("checkbox", { name: "Leave out quotes and code" }));
    expect(await screen.findByText("8 comments, 2 people")).toBeVisible();
    await waitFor(() => expect(asked).toContain("> wonderful 0\nso dull 0"));
    expect(within(card(5)).queryByTitle("Left out, not scored")).not.toBeInTheDocument();
  });

  it("takes feedback on the selected comment", async () => {
    const taken: FeedbackRequest[] = [];
    server.use(
      http.post<never, FeedbackRequest>(FEEDBACK, async ({ request }) => {
        taken.push(await request.json());
        return HttpResponse.json(receiptOf(taken[0]!), { status: 201 });
      }),
    );
    const user = await paste(THREAD);
    await scored();
    await user.click(within(card(1)).getByRole("button", { name: "No" }));
    await user.click(within(card(1)).getByRole("button", { name: "negative" }));
    expect(await within(card(1)).findByText(/^Saved:/)).toBeVisible();
    expect(taken).toMatchObject([
      { predicted: "positive", correct: false, label: "negative", text: null, request_id: REQUEST_ID },
    ]);
  });

  it("moves through the comments by keyboard", async () => {
    const user = await paste(THREAD);
    await scored();
    expect(await slider()).toHaveAttribute("aria-valuetext", "Comment 1, by Ann: 96% positive");
    (await slider()).focus();
    await user.keyboard("{ArrowRight}{ArrowRight}{End}{ArrowLeft}");
    expect(await slider()).toHaveAttribute("aria-valuenow", "7");
    expect(card(7)).toHaveTextContent(/Ben comment 7, line 9.*wonderful 0.*so dull 2.*negative, 91/);
    await user.keyboard("{Home}{PageUp}");
    expect(card(8)).toBeVisible();
    expect(within(card(8)).getByRole("link", { name: /which words/ })).toHaveAttribute(
      "href",
      "/#text=so+dull+3",
    );
    await user.click(within(rows()[1]!).getByRole("button"));
    expect(await slider()).toHaveAttribute("aria-valuenow", "2");
    expect(rows()[1]).toHaveAttribute("aria-current", "true");
  });

  it("selects a comment by pointer", async () => {
    await paste(THREAD);
    await scored();
    fireEvent.pointerDown(await slider(), { clientX: 600 });
    expect(await slider()).toHaveAttribute("aria-valuenow", "8");
  });

  it("requests only changed comments", async () => {
    const user = await paste(THREAD);
    await scored();
    asked = [];
    await user.click(await field());
    await user.paste("\nAnn: one more");
    await waitFor(() => expect(asked).toEqual(["one more"]));
  });

  it("can be split differently", async () => {
    const user = await paste("Pros: wonderful\nCons: dull\nPros: cheap");
    expect(await screen.findByText(/3 comments, 2 people/)).toBeVisible();
    await user.selectOptions(screen.getByRole("combobox", { name: "Split" }), "at every line");
    expect(await screen.findByText("3 comments", { selector: "p" })).toBeVisible();
    await waitFor(() => expect(rows()[0]).toHaveTextContent("Pros: wonderful"));
  });

  it("says if there is no turning point, or only quoted text", async () => {
    const user = await paste("wonderful\nwonderful, too");
    expect(await scored()).toHaveTextContent("No clear turning point");
    await user.clear(await field());
    await user.paste("> a\n> b");
    expect(await screen.findByText(/There is only quoted text/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Clear" }));
    await user.click(screen.getByRole("button", { name: "Try an example" }));
    expect(await screen.findByText(/16 comments, 7 people/)).toBeVisible();
  });

  it("waits for an overloaded server", async () => {
    let calls = 0;
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        calls += 1;
        const texts = (await request.json()).texts ?? [];
        return calls === 1
          ? refuse(problem(503, "overloaded", "More work than it takes", "Ask again."), {
              "Retry-After": "1",
            })
          : HttpResponse.json(answerTo(...texts.map((text) => score(text, false))));
      }),
    );
    await paste(THREAD);
    expect(await screen.findByRole("alert")).toHaveTextContent(/More work than it takes.*automatically/);
    await scored();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("shows a permanent error with a button to try again", async () => {
    let broken = true;
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const texts = (await request.json()).texts ?? [];
        return broken
          ? refuse(problem(500, "internal", "The server failed", "Tell who runs it."))
          : HttpResponse.json(answerTo(...texts.map((text) => score(text, false))));
      }),
    );
    const user = await paste(THREAD);
    expect(await screen.findByRole("alert")).toHaveTextContent("The server failed");
    broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await scored();
  });

  it("says which comments can't be scored", async () => {
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const texts = (await request.json()).texts ?? [];
        const error = { kind: "error" as const, error: { code: "text-error", detail: "It has no letters." } };
        return HttpResponse.json(
          answerTo(...texts.map((text) => (text === "???" ? error : score(text, false)))),
        );
      }),
    );
    await paste("???\nwonderful");
    await waitFor(() => expect(card(1)).toHaveTextContent("Not scored: It has no letters."));
    expect(rows()[0]).toHaveTextContent("not scored");
  });

  it("follows one of several labels", async () => {
    const emotion = { ...summary, labels: ["joy", "anger", "fear"] };
    server.use(
      http.get(MODELS, () => HttpResponse.json(modelList(emotion))),
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const texts = (await request.json()).texts ?? [];
        const probabilities = [0.2, 0.7, 0.1].map((probability, i) => ({
          label: emotion.labels[i]!,
          probability,
        }));
        const answer = { ...score("x", false), label: "anger", probability: 0.7, sure: true, probabilities };
        return HttpResponse.json(answerTo(...texts.map(() => answer)));
      }),
    );
    const user = await paste("one\ntwo");
    await scored();
    expect(await slider()).toHaveAttribute("aria-valuetext", "Comment 1: 20% joy");
    await user.selectOptions(screen.getByRole("combobox", { name: "Follow" }), "anger");
    expect(await slider()).toHaveAttribute("aria-valuetext", "Comment 1: 70% anger");
  });

  it("says if the discussion is too long", async () => {
    await paste(Array.from({ length: 3001 }, (_, i) => `wonderful ${i}`).join("\n"));
    expect(await screen.findByText(/^3,001 comments, only the first 3,000 are scored/)).toBeVisible();
    expect(await slider()).toHaveAttribute("aria-valuemax", "3000");
  });

  it("keeps scores and the selected comment after navigation", async () => {
    const user = await paste(THREAD);
    await scored();
    (await slider()).focus();
    await user.keyboard("{End}");
    asked = [];
    await user.click(within(card(8)).getByRole("link", { name: /which words/ }));
    await screen.findByRole("textbox", { name: "Your text" });
    asked = [];
    window.history.back();
    await scored();
    expect(card(8)).toBeVisible();
    expect(asked).toEqual([]);
  });

  it("stores the discussion until it is cleared, and can undo that", async () => {
    const user = await paste(THREAD);
    expect(await screen.findByText(/is stored only in this browser/)).toBeVisible();
    expect(await loadItem("discussion")).toEqual({ text: THREAD });
    await user.click(screen.getByRole("button", { name: "Clear" }));
    expect(await field()).toHaveValue("");
    await waitFor(async () => expect(await loadItem("discussion")).toBeUndefined());
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await field()).toHaveValue(THREAD);
  });

  it("restores a stored discussion", async () => {
    await storeItem("discussion", { text: THREAD, cut: "blocks" });
    open("/discussion");
    await waitFor(async () => expect(await field()).toHaveValue(THREAD));
    expect(await screen.findByRole("combobox", { name: "Split" })).toHaveDisplayValue("at empty lines");
  });

  it("keeps the text after navigation", async () => {
    const user = await paste(THREAD);
    await user.click(screen.getByRole("link", { name: "Model" }));
    await screen.findByRole("heading", { level: 1, name: /^Classifies text/ });
    await user.click(screen.getByRole("link", { name: "Discussion" }));
    expect(await field()).toHaveValue(THREAD);
  });
});
