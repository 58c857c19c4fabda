import type { Offer, Problem } from "./generated";
import { client } from "./generated/client.gen";

client.setConfig({ baseUrl: import.meta.env.SSR ? "" : window.location.origin });

/** Any failed request. `status` is 0 if no response arrived. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  /** For a file that isn't valid: what would read it. */
  readonly offers: readonly Offer[];

  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    retryAfterSeconds?: number,
    offers: readonly Offer[] = [],
  ) {
    super(`${title}: ${detail}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
    this.offers = offers;
  }

  /** Whether the same request may succeed later. */
  get isTemporary(): boolean {
    return [0, 429, 502, 503, 504].includes(this.status);
  }
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response?: Response;
}

/** The form of ID that feedback accepts; a proxy may have set anything. */
const VALID_REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** The data of a response. Rejects with an ApiError. */
export async function dataOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  return (await answerOf(call)).data;
}

/**
 * The data of a response and its request ID, as in the server's log. Rejects with an ApiError. The ID is undefined if
 * feedback wouldn't accept it.
 */
export async function answerOf<Data>(
  call: Promise<Answer<Data>>,
): Promise<{ data: Data; requestId: string | undefined }> {
  const { data, error, response } = await call;
  if (data !== undefined) return { data, requestId: requestIdOf(response) };
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  if (!response) {
    throw new ApiError(
      0,
      "no-answer",
      "The server doesn’t answer",
      "It may be restarting, or you may be offline.",
    );
  }
  throw apiError(response, error);
}

function requestIdOf(response: Response | undefined): string | undefined {
  const id = response?.headers.get("X-Request-ID") ?? "";
  return VALID_REQUEST_ID.test(id) ? id : undefined;
}

function apiError(response: Response, body: unknown): ApiError {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  if (isProblem(body))
    return new ApiError(response.status, body.code, body.title, body.detail, retryAfter, body.offers);
  const [code, title, detail] = withoutProblem(response.status);
  return new ApiError(response.status, code, title, detail, retryAfter);
}

/** Messages for responses without a problem document, as from Heroku's router. */
function withoutProblem(status: number): [code: string, title: string, detail: string] {
  switch (status) {
    case 429:
      return ["too-many-calls", "Too many requests", "Try again in a moment."];
    case 502:
    case 503:
    case 504:
      return [
        "not-ready",
        "The server isn’t ready",
        "It may be starting or waking up, which can take up to a minute.",
      ];
    default:
      return [
        "unknown",
        "The server sent an unexpected response",
        `Its status was ${status}. Try again. If the problem persists, tell the server’s administrator.`,
      ];
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "title" in body && "detail" in body;
}

/** Any error as an ApiError that can be shown. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    0,
    "page-error",
    "Something went wrong on this page",
    error instanceof Error ? error.message : "Reload the page.",
  );
}
