import type { Problem } from "./generated";
import { client } from "./generated/client.gen";

client.setConfig({ baseUrl: import.meta.env.SSR ? "" : window.location.origin });

/** Whatever went wrong with a call, in one shape. `status` is 0 where no answer came at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, title: string, detail: string, retryAfterSeconds?: number) {
    super(`${title}: ${detail}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether asking again, unchanged, may well succeed. */
  get passes(): boolean {
    return [0, 429, 502, 503, 504].includes(this.status);
  }
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response?: Response;
}

/** What a router before the server wrote there may be anything; feedback takes ids of this form alone. */
const SOUND_REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** The data of a call, or an ApiError. */
export async function dataOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  return (await answerOf(call)).data;
}

/**
 * The data of a call with the id by which the server's log knows it, or an ApiError: the one place where answers turn
 * into either. The id is undefined where the answer has none that feedback takes.
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
      "It may be restarting, or the connection is down.",
    );
  }
  throw apiError(response, error);
}

function requestIdOf(response: Response | undefined): string | undefined {
  const id = response?.headers.get("X-Request-ID") ?? "";
  return SOUND_REQUEST_ID.test(id) ? id : undefined;
}

function apiError(response: Response, body: unknown): ApiError {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  if (isProblem(body)) return new ApiError(response.status, body.code, body.title, body.detail, retryAfter);
  const [code, title, detail] = withoutProblem(response.status);
  return new ApiError(response.status, code, title, detail, retryAfter);
}

/** What a status says by itself: a router before the server, such as Heroku's, has no problem documents. */
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
        "It may be starting or waking up, which takes up to a minute on a small machine.",
      ];
    default:
      return [
        "unknown",
        "The server gave an answer that this page can’t read",
        `It came with status ${status}. Try again; if it stays, tell whoever runs this server.`,
      ];
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "title" in body && "detail" in body;
}

/** What a screen can say about any error. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    0,
    "page-error",
    "Something in this page went wrong",
    error instanceof Error ? error.message : "Load it again.",
  );
}
