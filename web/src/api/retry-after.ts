/**
 * The pause that the server requests with Retry-After. It applies to every request of the page, not only to the rejected
 * one: a text that has changed since must not be sent any sooner.
 */
import type { QueryClient } from "@tanstack/react-query";

import { sleep } from "../lib/sleep";
import { ApiError } from "./client";

/** When each pause ends, in milliseconds since the epoch. */
const pauses = new WeakMap<QueryClient, number>();

/** Records the pause that an error requests, if any. */
export function noteRetryAfter(client: QueryClient, error: unknown): void {
  if (!(error instanceof ApiError) || error.retryAfterSeconds === undefined) return;
  const until = Date.now() + error.retryAfterSeconds * 1000;
  pauses.set(client, Math.max(until, pauses.get(client) ?? 0));
}

/** Resolves once requests are allowed again; rejects if the signal is aborted first. */
export async function waitForRetryAfter(client: QueryClient, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const left = (pauses.get(client) ?? 0) - Date.now();
  if (left > 0) await sleep(left, signal);
}
