import { ApiError } from "./client";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

/** The delay before a retry: the server's Retry-After, else exponential backoff. `failures` counts from 0. */
export function retryDelayMs(failures: number, error: Error): number {
  return error instanceof ApiError && error.retryAfterSeconds !== undefined
    ? error.retryAfterSeconds * 1000
    : Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}

/** For queries: temporary errors are retried until they pass; others are reported at once. */
export const retryOptions = {
  retry: (_failures: number, error: Error) => error instanceof ApiError && error.isTemporary,
  retryDelay: retryDelayMs,
} as const;
