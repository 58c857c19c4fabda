import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { answerTo, modelList, PREDICT, problem, refuse, score, summary } from "../test/handlers";
import { server } from "../test/server";
import type { PredictRequest } from "./generated";
import { batchesOf, scoreMany, type ManyTexts, type Outcome, type Pause } from "./score-many";

const { limits } = modelList(summary);

function work(texts: string[], more: Partial<ManyTexts> = {}) {
  const outcomes = new Map<number, Outcome>();
  const pauses: (Pause | undefined)[] = [];
  const asked: ManyTexts = {
    texts,
    model: summary.version,
    limits,
    signal: new AbortController().signal,
    onOutcome: (index, outcome) => outcomes.set(index, outcome),
    onPause: (pause) => pauses.push(pause),
    ...more,
  };
  return { asked, outcomes, pauses };
}

/** Answers as the API does, after `refusal` had its say about each call. */
function answerUnless(refusal: (texts: string[], call: number) => Response | undefined) {
  const calls: string[][] = [];
  server.use(
    http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
      const texts = (await request.json()).texts ?? [];
      calls.push(texts);
      return (
        refusal(texts, calls.length) ??
        HttpResponse.json(answerTo(...texts.map((text) => score(text, false))))
      );
    }),
  );
  return calls;
}

const overloaded = () =>
  refuse(problem(503, "overloaded", "The server has more work than it takes", "Ask again."), {
    "Retry-After": "0",
  });

describe("batchesOf", () => {
  const sizes = (texts: string[], changed = {}) =>
    [...batchesOf({ texts, limits: { ...limits, ...changed }, onOutcome: () => undefined })].map(
      (batch) => batch.length,
    );

  it("fills calls up to the number of texts that one may hold", () => {
    expect(sizes(Array.from({ length: 300 }, () => "short"))).toEqual([128, 128, 44]);
  });

  it("keeps a call's body under what the server takes, counted in bytes", () => {
    expect(
      sizes(
        Array.from({ length: 10 }, () => "€".repeat(100)),
        { max_body_bytes: 1024 },
      ),
    ).toEqual([2, 2, 2, 2, 2]);
  });

  it("asks for no more than about a second of work at once", () => {
    expect(
      sizes(
        Array.from({ length: 4 }, () => "a".repeat(10_000)),
        { max_text_chars: 20_000 },
      ),
    ).toEqual([2, 2]);
  });
});

describe("scoreMany", () => {
  it("gives each text its own outcome, in whatever order the answers come", async () => {
    answerUnless(() => undefined);
    const { asked, outcomes } = work(
      Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? "wonderful" : "dull")),
    );
    await scoreMany(asked);
    expect(outcomes.size).toBe(300);
    expect(
      [0, 1, 299].map((i) => outcomes.get(i)).map((each) => each?.kind === "scored" && each.label),
    ).toEqual(["positive", "negative", "negative"]);
  });

  it("scores only the asked rows", async () => {
    const calls = answerUnless(() => undefined);
    const { asked, outcomes } = work(["a", "b", "c"], { indices: [2] });
    await scoreMany(asked);
    expect(calls).toEqual([["c"]]);
    expect([...outcomes.keys()]).toEqual([2]);
  });

  it("does not send a text that is too long, and says so in its place", async () => {
    const calls = answerUnless(() => undefined);
    const { asked, outcomes } = work(["fine", "😀".repeat(201), "😀".repeat(200)]);
    await scoreMany(asked);
    expect(calls).toEqual([["fine", "😀".repeat(200)]]);
    expect(outcomes.get(1)).toMatchObject({ kind: "error", error: { code: "text-too-long" } });
    expect(outcomes.get(1)).toHaveProperty("error.detail", expect.stringContaining("201 characters"));
  });

  it("waits where the server asks for it, and goes on by itself", async () => {
    answerUnless((_texts, call) => (call < 3 ? overloaded() : undefined));
    const { asked, outcomes, pauses } = work(["wonderful"]);
    await scoreMany(asked);
    expect(outcomes.get(0)).toHaveProperty("label", "positive");
    expect(pauses[0]?.reason.code).toBe("overloaded");
    expect(pauses.at(-1)).toBeUndefined();
  });

  it("cuts a batch that the server never finds room for", async () => {
    const calls = answerUnless((texts) => (texts.length > 1 ? overloaded() : undefined));
    const { asked, outcomes } = work(["a", "b"]);
    await scoreMany(asked);
    expect(calls.map((texts) => texts.length)).toEqual([2, 2, 2, 1, 1]);
    expect(outcomes.size).toBe(2);
  });

  it("finds the one text that the server refuses, and scores the others", async () => {
    answerUnless((texts) =>
      texts.includes("bad") ? refuse(problem(413, "body-too-large", "Too large", "Shorten it.")) : undefined,
    );
    const { asked, outcomes } = work(["a", "b", "bad", "c", "d"]);
    await scoreMany(asked);
    expect(outcomes.get(2)).toEqual({
      kind: "error",
      error: { code: "body-too-large", detail: "Shorten it." },
    });
    expect([0, 1, 3, 4].every((i) => outcomes.get(i)?.kind === "scored")).toBe(true);
  });

  it("keeps the server's own words about a text among others", async () => {
    server.use(
      http.post(PREDICT, () =>
        HttpResponse.json(
          answerTo(score("a", false), {
            kind: "error",
            error: { code: "text-empty", detail: "It is empty." },
          }),
        ),
      ),
    );
    const { asked, outcomes } = work(["a", ""]);
    await scoreMany(asked);
    expect(outcomes.get(1)).toHaveProperty("error.detail", "It is empty.");
  });

  it("stops where the server refuses the whole work", async () => {
    const calls = answerUnless(() =>
      refuse(problem(404, "unknown-model", "There is no such model", "There are: a.")),
    );
    const { asked } = work(["a"]);
    await expect(scoreMany(asked)).rejects.toMatchObject({ code: "unknown-model" });
    expect(calls).toHaveLength(1);
  });

  it("refuses an answer of another length", async () => {
    server.use(http.post(PREDICT, () => HttpResponse.json(answerTo(score("a", false)))));
    await expect(scoreMany(work(["a", "b"]).asked)).rejects.toMatchObject({ code: "wrong-count" });
  });

  it("never mixes the answers of two versions", async () => {
    answerUnless(() => undefined);
    const { asked, outcomes } = work(["a"], { model: { ...summary.version, head: "another" } });
    await expect(scoreMany(asked)).rejects.toMatchObject({ code: "model-changed" });
    expect(outcomes.size).toBe(0);
  });

  it("stops at once when it is cancelled, even while it waits", async () => {
    const stop = new AbortController();
    answerUnless(() =>
      refuse(problem(503, "starting", "The model is loading", "Wait."), { "Retry-After": "60" }),
    );
    const { asked } = work(["a"], { signal: stop.signal, onPause: (pause) => pause && stop.abort() });
    await expect(scoreMany(asked)).rejects.toHaveProperty("name", "AbortError");
  });
});
