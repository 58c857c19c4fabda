import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { answerTo, score } from "../../test/handlers";
import { useAnswer } from "./use-answer";

const KEYS = "What a wonderful film, and so well acted as well.";

interface Call {
  text: string;
  signal: AbortSignal;
  answer: (response: Response) => void;
}

/** What the page asked, each to be answered by the test; aborted as fetch would. */
let calls: Call[] = [];

beforeEach(() => {
  calls = [];
  vi.useFakeTimers();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const request = input as Request;
    const { text } = (await request.clone().json()) as { text: string };
    return new Promise((resolve, reject) => {
      const { signal } = request;
      calls.push({ text, signal, answer: resolve });
      signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });
  });
});
afterEach(() => vi.useRealTimers());

function show(text: string) {
  const client = new QueryClient({ defaultOptions: { queries: { networkMode: "always" } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook((now: string) => useAnswer(now, undefined, undefined), { initialProps: text, wrapper });
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const scored = (text: string) => Response.json(answerTo(score(text, true)));
const refused = (seconds: number) =>
  new Response("", { status: 429, headers: { "Retry-After": `${seconds}` } });

it("sends one request per sentence", async () => {
  const { rerender } = show("");
  for (let i = 1; i <= KEYS.length; i += 1) {
    rerender(KEYS.slice(0, i));
    await pass(200); // a slow typist
  }
  expect(calls).toHaveLength(0);
  await pass(100);
  expect(calls.map(({ text }) => text)).toEqual([KEYS]);
});

it("cancels the request for an older text", async () => {
  const { result, rerender } = show("dull");
  await pass(0);
  rerender("dull and wonderful");
  await pass(300);
  expect(calls.map(({ text, signal }) => [text, signal.aborted])).toEqual([
    ["dull", true],
    ["dull and wonderful", false],
  ]);
  calls[1]?.answer(scored("dull and wonderful"));
  await pass(0);
  expect(result.current).toMatchObject({ stale: false, pending: false, error: undefined });
  expect(result.current.answer?.text).toBe("dull and wonderful");
});

it("cancels the explanation of a long text when the text changes", async () => {
  const long = "so it goes ".repeat(40);
  const { rerender } = show(long);
  await pass(0);
  calls[0]?.answer(scored(long));
  await pass(0);
  expect(calls).toHaveLength(2);
  rerender(`${long}on`);
  await pass(300);
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
});

it("is stale from the first key press until the new answer", async () => {
  const { result, rerender } = show("wonderful");
  await pass(0);
  calls[0]?.answer(scored("wonderful"));
  await pass(0);
  expect(result.current.stale).toBe(false);
  rerender("wonderful!");
  expect(result.current.stale).toBe(true);
  await pass(300);
  expect(result.current.stale).toBe(true);
  rerender("wonderful");
  await pass(300);
  expect(result.current.stale).toBe(false);
});

it("waits as long as the server asks, even if the text changes", async () => {
  const { result, rerender } = show("one");
  await pass(0);
  calls[0]?.answer(refused(30));
  await pass(0);
  expect(result.current.error?.status).toBe(429);
  rerender("another");
  await pass(29_900);
  expect(calls).toHaveLength(1);
  expect(result.current.error?.status).toBe(429);
  await pass(100);
  expect(calls.map(({ text }) => text)).toEqual(["one", "another"]);
  calls[1]?.answer(scored("another"));
  await pass(0);
  expect(result.current.error).toBeUndefined();
});
