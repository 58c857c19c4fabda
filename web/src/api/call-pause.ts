/**
 * The pause that the server asks for with Retry-After. It holds for every question of the page, not only for the one that
 * was refused: a text that has been changed since must not be sent any sooner.
 */
import type { QueryClient } from "@tanstack/react-query";

import { sleep } from "../lib/sleep";
import { ApiError } from "./client";

/** Until when to wait, in milliseconds since the epoch. */
const pauses = new WeakMap<QueryClient, number>();

/** Remembers the pause that an error asks for, if it does. */
export function notePause(client: QueryClient, error: unknown): void {
  if (!(error instanceof ApiError) || error.retryAfterSeconds === undefined) return;
  const until = Date.now() + error.retryAfterSeconds * 1000;
  pauses.set(client, Math.max(until, pauses.get(client) ?? 0));
}

/** Resolves once the server may be asked again; rejects where the signal is aborted first. */
export async function pauseOver(client: QueryClient, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const left = (pauses.get(client) ?? 0) - Date.now();
  if (left > 0) await sleep(left, signal);
}
