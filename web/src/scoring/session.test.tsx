import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { PredictRequest } from "../api/generated";
import { loadItem } from "../lib/browser-store";
import { answerTo, modelList, PREDICT, score, summary } from "../test/handlers";
import { server } from "../test/server";
import type { SavedScores } from "./saved-run";
import { isUnsaved, type Run } from "./run";
import { Session } from "./session";

const { limits } = modelList(summary);
/** More than the two calls that are under way at once. */
const ROWS = 400;
const file = () =>
  new File([Array.from({ length: ROWS }, (_, i) => `wonderful ${i}`).join("\n")], "many.txt");

let asked: string[] = [];
let held = Number.POSITIVE_INFINITY;
let sessions: Session[] = [];
const page = () => {
  const session = new Session("run");
  sessions.push(session);
  return session;
};

beforeEach(() => {
  [asked, held, sessions] = [[], Number.POSITIVE_INFINITY, []];
  server.use(
    http.post<never, PredictRequest>(PREDICT, async ({ request }) => {
      const texts = (await request.json()).texts ?? [];
      if (asked.length >= held) await new Promise(() => undefined);
      asked.push(...texts);
      return HttpResponse.json(answerTo(...texts.map((text) => score(text, false))));
    }),
  );
});
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.clear()));
  Reflect.deleteProperty(navigator, "locks");
  vi.unstubAllGlobals();
});

const runOf = (session: Session): Run => {
  const stage = session.snapshot();
  if (stage.kind !== "run") throw new Error(`It is ${stage.kind}.`);
  return stage;
};
async function begin(): Promise<Session> {
  const session = page();
  await session.open(file());
  await session.start(summary, limits);
  return session;
}
const finished = (session: Session) => vi.waitFor(() => expect(runOf(session).status).toBe("done"), 10_000);
/** What is in the store passes the check. */
const saved = (check: (scores: SavedScores) => boolean) =>
  vi.waitFor(async () => {
    const scores = await loadItem<SavedScores>("run-scores");
    expect(scores && check(scores)).toBe(true);
  }, 10_000);

describe("A stored run", () => {
  it("is complete after a reload, including corrections, without new requests", async () => {
    const first = await begin();
    await finished(first);
    first.mark(3, { correct: false, label: "negative" });
    first.markDownloaded();
    await saved(({ downloaded }) => downloaded);
    asked = [];
    const second = page();
    await second.restore();
    const run = runOf(second);
    expect(run).toMatchObject({ status: "done", done: ROWS, downloaded: true, saveState: "yes" });
    expect(run.file.name).toBe("many.txt");
    expect(run.scores.labelOf(7)).toBe("positive");
    expect(run.scores.markOf(3)).toEqual({ correct: false, label: "negative" });
    expect(asked).toEqual([]);
  });

  it("resumes after a reload", async () => {
    held = 256;
    await begin();
    await saved(
      ({ running, scores }) => running && scores.states.filter((state) => state > 0).length === 256,
    );
    held = Number.POSITIVE_INFINITY;
    asked = [];
    const second = page();
    await second.restore();
    await finished(second);
    expect(asked).toHaveLength(ROWS - 256);
    expect(runOf(second).scores.pending()).toEqual([]);
  });

  it("stays stopped after a reload", async () => {
    held = 256;
    const first = await begin();
    await vi.waitFor(() => expect(runOf(first).done).toBe(256), 10_000);
    first.stop();
    await saved(({ running }) => !running);
    const second = page();
    await second.restore();
    expect(runOf(second)).toMatchObject({ status: "stopped", done: 256 });
  });

  it("is removed when cleared", async () => {
    const first = await begin();
    await finished(first);
    await saved(({ running }) => !running);
    await first.clear();
    expect(await loadItem("run-file")).toBeUndefined();
    const second = page();
    await second.restore();
    expect(second.snapshot().kind).toBe("empty");
  });

  it("belongs to one tab: another tab scores without storing", async () => {
    let taken = false;
    const request = (_name: string, _how: object, hold: () => Promise<void>) => {
      if (taken) return Promise.reject(new DOMException("It takes too long.", "TimeoutError"));
      taken = true;
      return hold();
    };
    Object.defineProperty(navigator, "locks", { configurable: true, value: { request } });
    const first = await begin();
    await finished(first);
    await saved(({ running }) => !running);
    const second = page();
    await second.restore();
    expect(second.snapshot().kind).toBe("empty");
    await second.open(file());
    await second.start(summary, limits);
    await vi.waitFor(() => expect(runOf(second).saveState).toBe("other-tab"), 10_000);
    await second.clear();
    expect(await loadItem("run-file")).toBeDefined();
  });
});

it("reads posts without their quotes", async () => {
  const session = page();
  const posts = ["> dull\n\nwonderful 1", "> dull\n\nwonderful 2"].map((text) => JSON.stringify({ text }));
  await session.open(new File([posts.join("\n")], "posts.jsonl"));
  await session.start(summary, limits);
  expect(runOf(session).texts).toEqual(["wonderful 1", "wonderful 2"]);
});

it("reads the file again after a reload, to be scored otherwise", async () => {
  const first = await begin();
  await finished(first);
  await saved(({ running }) => !running);
  const second = page();
  await second.restore();
  second.backToFile();
  await vi.waitFor(() => expect(second.snapshot().kind).toBe("choosing"));
});

describe("isUnsaved", () => {
  it("is true for a running run, or results that were not downloaded", async () => {
    const session = await begin();
    expect(isUnsaved(runOf(session))).toBe(true);
    await finished(session);
    expect(isUnsaved(runOf(session))).toBe(true);
    session.markDownloaded();
    expect(isUnsaved(runOf(session))).toBe(false);
    session.mark(0, { correct: true });
    expect(isUnsaved(runOf(session))).toBe(true);
  });
});
