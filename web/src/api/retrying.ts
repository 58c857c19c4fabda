import { ApiError } from "./client";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

/** How long to wait before asking again: as long as the server says, else twice as long each time. `failures` from 0. */
export function pauseMs(failures: number, error: Error): number {
  return error instanceof ApiError && error.retryAfterSeconds !== undefined
    ? error.retryAfterSeconds * 1000
    : Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}

/** For queries: what passes is asked again until it has passed; what is wrong with the question is said at once. */
export const retrying = {
  retry: (_failures: number, error: Error) => error instanceof ApiError && error.passes,
  retryDelay: pauseMs,
} as const;
