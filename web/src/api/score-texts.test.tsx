import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { answerTo, modelList, PREDICT, problem, refuse, score, summary } from "../test/handlers";
import { server } from "../test/server";
import type { PredictRequest } from "./generated";
import { batchesOf, scoreTexts, type ScoringJob, type Outcome, type Pause } from "./score-texts";

const { limits } = modelList(summary);

function work(texts: string[], more: Partial<ScoringJob> = {}) {
  const outcomes = new Map<number, Outcome>();
  const pauses: (Pause | undefined)[] = [];
  const asked: ScoringJob = {
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

  it("fills requests up to the limit of texts", () => {
    expect(sizes(Array.from({ length: 300 }, () => "short"))).toEqual([128, 128, 44]);
  });

  it("keeps bodies below the server's limit in bytes", () => {
    expect(
      sizes(
        Array.from({ length: 10 }, () => "€".repeat(100)),
        { max_body_bytes: 1024 },
      ),
    ).toEqual([2, 2, 2, 2, 2]);
  });

  it("limits the characters per batch", () => {
    expect(
      sizes(
        Array.from({ length: 4 }, () => "a".repeat(10_000)),
        { max_text_chars: 20_000 },
      ),
    ).toEqual([2, 2]);
  });
});

describe("scoreTexts", () => {
  it("gives each text its own outcome, whatever the order of the responses", async () => {
    answerUnless(() => undefined);
    const { asked, outcomes } = work(
      Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? "wonderful" : "dull")),
    );
    await scoreTexts(asked);
    expect(outcomes.size).toBe(300);
    expect(
      [0, 1, 299].map((i) => outcomes.get(i)).map((outcome) => outcome?.kind === "scored" && outcome.label),
    ).toEqual(["positive", "negative", "negative"]);
  });

  it("scores only the requested rows", async () => {
    const calls = answerUnless(() => undefined);
    const { asked, outcomes } = work(["a", "b", "c"], { indices: [2] });
    await scoreTexts(asked);
    expect(calls).toEqual([["c"]]);
    expect([...outcomes.keys()]).toEqual([2]);
  });

  it("reports a text that is too long without sending it", async () => {
    const calls = answerUnless(() => undefined);
    const { asked, outcomes } = work(["fine", "😀".repeat(201), "😀".repeat(200)]);
    await scoreTexts(asked);
    expect(calls).toEqual([["fine", "😀".repeat(200)]]);
    expect(outcomes.get(1)).toMatchObject({ kind: "error", error: { code: "text-too-long" } });
    expect(outcomes.get(1)).toHaveProperty("error.detail", expect.stringContaining("201 characters"));
  });

  it("waits when the server asks for it, and resumes automatically", async () => {
    answerUnless((_texts, call) => (call < 3 ? overloaded() : undefined));
    const { asked, outcomes, pauses } = work(["wonderful"]);
    await scoreTexts(asked);
    expect(outcomes.get(0)).toHaveProperty("label", "positive");
    expect(pauses[0]?.reason.code).toBe("overloaded");
    expect(pauses.at(-1)).toBeUndefined();
  });

  it("splits a batch that the server keeps rejecting", async () => {
    const calls = answerUnless((texts) => (texts.length > 1 ? overloaded() : undefined));
    const { asked, outcomes } = work(["a", "b"]);
    await scoreTexts(asked);
    expect(calls.map((texts) => texts.length)).toEqual([2, 2, 2, 1, 1]);
    expect(outcomes.size).toBe(2);
  });

  it("finds the one text that the server rejects, and scores the others", async () => {
    answerUnless((texts) =>
      texts.includes("bad") ? refuse(problem(413, "body-too-large", "Too large", "Shorten it.")) : undefined,
    );
    const { asked, outcomes } = work(["a", "b", "bad", "c", "d"]);
    await scoreTexts(asked);
    expect(outcomes.get(2)).toEqual({
      kind: "error",
      error: { code: "body-too-large", detail: "Shorten it." },
    });
    expect([0, 1, 3, 4].every((i) => outcomes.get(i)?.kind === "scored")).toBe(true);
  });

  it("keeps the server's message about a single text", async () => {
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
    await scoreTexts(asked);
    expect(outcomes.get(1)).toHaveProperty("error.detail", "It is empty.");
  });

  it("stops if the server rejects the whole job", async () => {
    const calls = answerUnless(() =>
      refuse(problem(404, "unknown-model", "There is no such model", "There are: a.")),
    );
    const { asked } = work(["a"]);
    await expect(scoreTexts(asked)).rejects.toMatchObject({ code: "unknown-model" });
    expect(calls).toHaveLength(1);
  });

  it("rejects a response with the wrong number of results", async () => {
    server.use(http.post(PREDICT, () => HttpResponse.json(answerTo(score("a", false)))));
    await expect(scoreTexts(work(["a", "b"]).asked)).rejects.toMatchObject({ code: "wrong-count" });
  });

  it("never mixes scores of two model versions", async () => {
    answerUnless(() => undefined);
    const { asked, outcomes } = work(["a"], { model: { ...summary.version, head: "another" } });
    await expect(scoreTexts(asked)).rejects.toMatchObject({ code: "model-changed" });
    expect(outcomes.size).toBe(0);
  });

  it("stops at once when cancelled, even while waiting", async () => {
    const stop = new AbortController();
    answerUnless(() =>
      refuse(problem(503, "starting", "The model is loading", "Wait."), { "Retry-After": "60" }),
    );
    const { asked } = work(["a"], { signal: stop.signal, onPause: (pause) => pause && stop.abort() });
    await expect(scoreTexts(asked)).rejects.toHaveProperty("name", "AbortError");
  });
});
