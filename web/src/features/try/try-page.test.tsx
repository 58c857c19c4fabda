import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import type { PredictRequest, Scored } from "../../api/generated";
import { answerTo, modelList, MODELS, PREDICT, problem, refuse, score, summary } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";
import { EXAMPLES } from "./examples";
import { field, verdict, wordsOf } from "./try-page.testing";

describe("Try page", () => {
  it("offers examples, and scores the chosen one", async () => {
    const user = open("/");
    await user.click(await screen.findByRole("button", { name: /^Praise A charming film/ }));
    expect(field()).toHaveValue(EXAMPLES.find(({ kind }) => kind === "Praise")?.text);
    expect(await verdict("Not sure leans positive, 55%")).toBeVisible();
    expect(screen.getByRole("region", { name: "Answer" })).toHaveFocus();
    expect(screen.queryByText("The model is wrong here.")).not.toBeInTheDocument();
  });

  it("explains the known mistake among the examples", async () => {
    const user = open("/");
    await user.click(await screen.findByRole("button", { name: /^Sarcasm .* known mistake$/ }));
    expect(await verdict("Positive 96%")).toBeVisible();
    expect(screen.getByText(/correct label is negative: it is sarcasm/)).toBeVisible();
  });

  it("scores while typing, with scale, words and model", async () => {
    const user = open("/");
    await user.type(field(), "A dull film.");
    expect(await verdict(/Negative\s*91/)).toBeVisible();
    expect(screen.getByRole("meter")).toHaveAttribute("aria-valuetext", "9% positive");
    expect(wordsOf("For negative")).toEqual(["dull ×4.0"]);
    expect(wordsOf("For positive")).toEqual([]);
    expect(screen.getByRole("link", { name: "reviews" })).toHaveAttribute("href", "/model?name=reviews");
    expect(screen.getByText("7.9 ms")).toBeVisible();
    expect(document.title).toBe("Try it · Valence");
  });

  it("says when it is not sure, and what that means", async () => {
    open("/#text=A+film.");
    expect(await verdict(/Not sure\s*leans positive, 55/)).toBeVisible();
    expect(
      screen.getByText(/Below 70% the model isn’t reliable enough\. A person should decide/),
    ).toBeVisible();
  });

  it("shows every assigned label and its threshold", async () => {
    const model = {
      ...summary,
      labels: ["angry", "thankful", "urgent"],
      multi_label: true,
      thresholds: [
        { label: "angry", probability: 0.4 },
        { label: "thankful", probability: 0.5 },
        { label: "urgent", probability: 0.3 },
      ],
    };
    const several = (labels: string[]): Scored => ({
      ...score("", false),
      label: "angry",
      labels,
      probability: 0.9,
      sure: true,
      probabilities: [
        { label: "angry", probability: 0.9 },
        { label: "thankful", probability: 0.45 },
        { label: "urgent", probability: 0.35 },
      ],
    });
    server.use(
      http.get(MODELS, () => HttpResponse.json(modelList(model))),
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { text } = await request.json();
        return HttpResponse.json(answerTo(several(text === "Thanks." ? [] : ["angry", "urgent"])));
      }),
    );
    const user = open("/#text=Answer+me+now.");
    expect(await verdict("Angry, urgent")).toBeVisible();
    const bars = screen.getByRole("list", { name: /Labels/ });
    expect(
      within(bars)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["angry 90%", "urgent 35%", "thankful 45%"]);
    expect(screen.queryByText(/Was this right/)).not.toBeInTheDocument();
    await user.clear(field());
    await user.type(field(), "Thanks.");
    expect(await verdict("No label")).toBeVisible();
  });

  it("announces the answer once it has settled", async () => {
    open("/#text=A+wonderful+film.");
    const status = await screen.findByRole("status");
    expect(status).toBeEmptyDOMElement();
    await waitFor(
      () => expect(status).toHaveTextContent("Positive, 96%. Strongest: wonderful, for positive."),
      {
        timeout: 3000,
      },
    );
  });

  it("dims an outdated answer, and marks no word of the new text", async () => {
    let answerIt: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answerIt = resolve));
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { text } = await request.json();
        if (text?.includes("dull")) await held;
        return HttpResponse.json(answerTo(score(text ?? "", true)));
      }),
    );
    const user = open("/#text=A+wonderful+film.");
    await verdict(/Positive/);
    expect(document.querySelectorAll("[data-start]")).toHaveLength(1);
    await user.type(field(), " Then a dull one.");
    expect(document.querySelectorAll("[data-start]")).toHaveLength(0);
    expect(await screen.findByText("Checking…")).toBeVisible();
    expect(screen.getByRole("heading", { name: /Positive/ }).closest("[data-checking]")).not.toBeNull();
    answerIt();
    expect(await verdict(/Positive/)).toBeVisible();
    await waitFor(() => expect(screen.queryByText("Checking…")).not.toBeInTheDocument());
    expect(document.querySelectorAll("[data-start]")).toHaveLength(2);
    expect(document.querySelector("[data-checking]")).toBeNull();
  });

  it("ignores an outdated response", async () => {
    server.use(
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { text } = await request.json();
        if (text === "dull") await delay(1500);
        return HttpResponse.json(answerTo(score(text ?? "", true)));
      }),
    );
    const user = open("/#text=dull");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await user.clear(field());
    await user.type(field(), "wonderful");
    expect(await verdict(/Positive/)).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(screen.queryByRole("heading", { name: /Negative/ })).not.toBeInTheDocument();
  });

  it("keeps text and model in the address, and copies the link", async () => {
    const user = open("/");
    await user.type(field(), "A wonderful film & more");
    await waitFor(() => expect(window.location.hash).toBe("#text=A+wonderful+film+%26+more"));
    await user.click(screen.getByRole("button", { name: "Copy link" }));
    expect(await navigator.clipboard.readText()).toBe(
      `${window.location.origin}/#text=A+wonderful+film+%26+more`,
    );
    expect(screen.getByRole("button", { name: "Copied" })).toBeVisible();
  });

  it("shows sentences that disagree", async () => {
    const text = "It is wonderful. It is dull.";
    const sentences = [
      { start: 0, end: 16, label: "positive", probability: 0.96, sure: true },
      { start: 17, end: 28, label: "negative", probability: 0.91, sure: true },
    ];
    const scored = { ...score(text, true), sentences };
    let mixed = true;
    server.use(http.post(PREDICT, () => HttpResponse.json(answerTo({ ...scored, mixed }))));
    const user = open("/#text=It+is+wonderful.+It+is+dull.");
    const note = await screen.findByRole("region", { name: "Mixed" });
    expect(
      within(note)
        .getAllByRole("listitem")
        .map((each) => each.textContent),
    ).toEqual(["It is wonderful. positive, 96%", "It is dull. negative, 91%"]);
    mixed = false;
    await user.type(field(), " Yes.");
    await waitFor(() => expect(screen.queryByRole("region", { name: "Mixed" })).toBeNull());
  });

  it("says why a text can't be read", async () => {
    const title = "Not readable: another language";
    server.use(
      http.post(PREDICT, () =>
        refuse(problem(422, "text-other-language", title, "The model reads English text.")),
      ),
    );
    open("/#text=Ein+wunderbarer+Film");
    expect(await screen.findByText(title)).toBeVisible();
    expect(screen.getByText(/The model reads English text/)).toBeVisible();
    expect(screen.queryByRole("heading", { name: /Positive|Negative|Not sure/ })).toBeNull();
  });

  it("keeps the text after navigation", async () => {
    const user = open("/#text=A+wonderful+film.");
    await verdict(/Positive/);
    await user.click(screen.getByRole("link", { name: "Model" }));
    await screen.findByRole("heading", { level: 1, name: /^Classifies text/ });
    await user.click(screen.getByRole("link", { name: "Try" }));
    expect(field()).toHaveValue("A wonderful film.");
  });

  it("requests a long text's label first, then its words", async () => {
    const asked: boolean[] = [];
    const list = modelList(summary);
    server.use(
      http.get(MODELS, () =>
        HttpResponse.json({ ...list, limits: { ...list.limits, max_text_chars: 20_000 } }),
      ),
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { text, explain } = await request.json();
        asked.push(explain ?? false);
        return HttpResponse.json(answerTo(score(text ?? "", explain ?? false)));
      }),
    );
    open(`/#text=${"so+it+goes+".repeat(40)}wonderful`);
    await verdict(/Positive/);
    expect(screen.getByText(/Finding the words that matter/)).toBeVisible();
    expect(screen.getByText(/in 3 overlapping windows/)).toBeVisible();
    await waitFor(() => expect(wordsOf("For positive")).toEqual(["wonderful ×4.0"]), {
      timeout: 3000,
    });
    expect(asked).toEqual([false, true]);
  });

  it("supports any labels and several models", async () => {
    const emotion = { ...summary, name: "emotion", default: false, labels: ["joy", "anger", "fear"] };
    const scored: Scored = {
      ...score("x", false),
      label: "anger",
      probability: 0.8,
      sure: true,
      probabilities: [
        { label: "joy", probability: 0.05 },
        { label: "anger", probability: 0.8 },
        { label: "fear", probability: 0.15 },
      ],
      words: [{ start: 0, end: 3, effect: -0.2, log_odds: -Math.log(5), marked: true }],
    };
    server.use(
      http.get(MODELS, () => HttpResponse.json(modelList(summary, emotion))),
      http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
        const { model } = await request.json();
        return HttpResponse.json(answerTo(model === "emotion" ? scored : score("dull", true)));
      }),
    );
    const user = open("/#text=how+could+you");
    await verdict(/Negative/);
    await user.selectOptions(screen.getByRole("combobox", { name: "Model" }), "emotion");
    expect(await verdict(/Anger\s*80/)).toBeVisible();
    const bars = screen.getByRole("list", { name: /Labels, most probable first/ });
    expect(
      within(bars)
        .getAllByRole("listitem")
        .map((bar) => bar.textContent),
    ).toEqual(["anger 80%", "fear 15%", "joy 5%"]);
    expect(wordsOf("Against anger")).toEqual(["how ×5.0"]);
    await waitFor(() => expect(window.location.hash).toBe("#text=how+could+you&model=emotion"));
  });

  it("shows the request in three languages", async () => {
    const user = open("/#text=It's+wonderful");
    await verdict(/Positive/);
    expect(screen.getByRole("group", { name: "Request in curl" })).toHaveTextContent(
      String.raw`It'\''s wonderful`,
    );
    await user.click(screen.getByRole("tab", { name: "Python" }));
    expect(screen.getByRole("group", { name: "Request in Python" })).toHaveTextContent(
      `body = {"text": "It's wonderful"}`,
    );
    await user.click(screen.getByRole("tab", { name: "JavaScript" }));
    expect(screen.getByRole("group", { name: "Request in JavaScript" })).toHaveTextContent("await fetch(");
  });
});
