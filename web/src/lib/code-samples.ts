/** An API request in three languages, ready to copy. */
export interface CodeSample {
  name: "curl" | "Python" | "JavaScript";
  code: string;
}

export interface Call {
  method: string;
  /** The full URL, including the query. */
  url: string;
  /** Sent as JSON; undefined for a request without a body. */
  body?: unknown;
  /** Whether a key is required; samples read it from the environment, so that it isn't saved with the code. */
  needsKey?: boolean;
}

export function codeSamples(call: Call): CodeSample[] {
  return [
    { name: "curl", code: curl(call) },
    { name: "Python", code: python(call) },
    { name: "JavaScript", code: javascript(call) },
  ];
}

function curl({ method, url, body, needsKey }: Call): string {
  const usual = body === undefined ? "GET" : "POST";
  return [
    `curl ${method === usual ? "" : `-X ${method} `}${/[?&]/.test(url) ? `'${url}'` : url}`,
    ...(needsKey ? [`  -H "Authorization: Bearer $VALENCE_KEY"`] : []),
    ...(body === undefined
      ? []
      : [
          `  -H 'Content-Type: application/json'`,
          `  -d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`,
        ]),
  ].join(" \\\n");
}

function python({ method, url, body, needsKey }: Call): string {
  const hasBody = body !== undefined;
  const headers = [
    ...(hasBody ? [`"Content-Type": "application/json"`] : []),
    ...(needsKey ? [`"Authorization": f"Bearer {os.environ['VALENCE_KEY']}"`] : []),
  ];
  const settings = [
    JSON.stringify(url),
    ...(hasBody ? ["json.dumps(body).encode()"] : []),
    ...(headers.length > 0 ? [`${hasBody ? "" : "headers="}{${headers.join(", ")}}`] : []),
    ...(method === (hasBody ? "POST" : "GET") ? [] : [`method=${JSON.stringify(method)}`]),
  ];
  return [
    ...(hasBody ? ["import json"] : []),
    ...(needsKey ? ["import os"] : []),
    "from urllib.request import Request, urlopen",
    "",
    ...(hasBody ? [`body = ${pythonLiteral(body)}`] : []),
    `request = Request(${settings.join(", ")})`,
    `print(urlopen(request).read().decode())`,
  ].join("\n");
}

/** Like JSON, but with Python's True, False and None. */
function pythonLiteral(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value).map(
      ([key, field]) => `${JSON.stringify(key)}: ${pythonLiteral(field)}`,
    );
    return `{${pairs.join(", ")}}`;
  }
  return JSON.stringify(value);
}

function javascript({ method, url, body, needsKey }: Call): string {
  const headers = [
    ...(body === undefined ? [] : [`"Content-Type": "application/json"`]),
    ...(needsKey ? ["Authorization: `Bearer ${process.env.VALENCE_KEY}`"] : []),
  ];
  const settings = [
    ...(method === "GET" ? [] : [`  method: ${JSON.stringify(method)},`]),
    ...(headers.length > 0 ? [`  headers: { ${headers.join(", ")} },`] : []),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${JSON.stringify(body)}),`]),
  ];
  return [
    settings.length > 0
      ? `const response = await fetch(${JSON.stringify(url)}, {\n${settings.join("\n")}\n});`
      : `const response = await fetch(${JSON.stringify(url)});`,
    "console.log(await response.text());",
  ].join("\n");
}
