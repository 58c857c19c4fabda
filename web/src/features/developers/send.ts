/** One call from the try-out: as written, once, and its answer as it came. */
import type { Endpoint } from "./document";

/** An answer longer than this is cut on the page. */
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

export interface Asked {
  /** Values of the path's and the query's parameters, by name; "" is left out of the query. */
  values: Record<string, string>;
  body: string;
  key: string;
}

/** The address of a call, from the origin on. */
export function addressOf({ path, parameters }: Endpoint, values: Asked["values"]): string {
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const query = new URLSearchParams(
    parameters.flatMap(({ name, in: where }) =>
      where === "query" && values[name] ? [[name, values[name]]] : [],
    ),
  ).toString();
  return query === "" ? filled : `${filled}?${query}`;
}

/** Rejects with a TypeError where no answer came at all. */
export async function send(
  endpoint: Endpoint,
  { values, body, key }: Asked,
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
  const whole = response.headers.get("Content-Type")?.includes("json") ? pretty(text) : text;
  return {
    status: response.status,
    statusText: response.statusText,
    tookMs: performance.now() - began,
    headers: SHOWN_HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    }),
    body: whole.slice(0, SHOWN_CHARS),
    cut: whole.length > SHOWN_CHARS,
  };
}

/** Indented JSON, or the text as it is where it is none. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
