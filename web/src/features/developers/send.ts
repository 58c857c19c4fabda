/** Sends one request exactly as written, without retries. */
import type { Endpoint } from "./document";

/** Longer responses are truncated on the page. */
const SHOWN_CHARS = 20_000;
const SHOWN_HEADERS = [
  "Content-Type",
  "Retry-After",
  "RateLimit",
  "X-Request-ID",
  "WWW-Authenticate",
  "Allow",
];

export interface Reply {
  status: number;
  statusText: string;
  tookMs: number;
  headers: [name: string, value: string][];
  body: string;
  cut: boolean;
}

export interface RequestInput {
  /** Path and query parameters by name; "" is omitted from the query. */
  values: Record<string, string>;
  body: string;
  key: string;
}

/** The path and query of a request. */
export function addressOf({ path, parameters }: Endpoint, values: RequestInput["values"]): string {
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const query = new URLSearchParams(
    parameters.flatMap(({ name, in: where }) =>
      where === "query" && values[name] ? [[name, values[name]]] : [],
    ),
  ).toString();
  return query === "" ? filled : `${filled}?${query}`;
}

/** Rejects with a TypeError if no response arrives. */
export async function send(
  endpoint: Endpoint,
  { values, body, key }: RequestInput,
  signal: AbortSignal,
): Promise<Reply> {
  const began = performance.now();
  const response = await fetch(addressOf(endpoint, values), {
    method: endpoint.method,
    signal,
    cache: "no-store",
    headers: {
      ...(endpoint.body ? { "Content-Type": "application/json" } : {}),
      ...(key === "" ? {} : { Authorization: `Bearer ${key}` }),
    },
    ...(endpoint.body ? { body } : {}),
  });
  const text = await response.text();
  const fullText = response.headers.get("Content-Type")?.includes("json") ? pretty(text) : text;
  return {
    status: response.status,
    statusText: response.statusText,
    tookMs: performance.now() - began,
    headers: SHOWN_HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    }),
    body: fullText.slice(0, SHOWN_CHARS),
    cut: fullText.length > SHOWN_CHARS,
  };
}

/** Indents JSON; returns other text unchanged. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
