export interface CodeSample {
  name: "curl" | "Python" | "JavaScript";
  code: string;
}

interface Call {
  origin: string;
  text: string;
  model: string | undefined;
}

/** The call that this page makes, ready to be pasted elsewhere. */
export function codeSamples({ origin, text, model }: Call): CodeSample[] {
  const address = `${origin}/api/v1/predict`;
  const body: Body = model === undefined ? { text } : { text, model };
  return [
    { name: "curl", code: curl(address, body) },
    { name: "Python", code: python(address, body) },
    { name: "JavaScript", code: javascript(address, body) },
  ];
}

interface Body {
  text: string;
  model?: string;
}

function curl(address: string, body: Body): string {
  const quoted = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return [`curl ${address} \\`, `  -H 'Content-Type: application/json' \\`, `  -d '${quoted}'`].join("\n");
}

function python(address: string, body: Body): string {
  return [
    "import json",
    "from urllib.request import Request, urlopen",
    "",
    `body = ${JSON.stringify(body)}`,
    `request = Request(${JSON.stringify(address)}, json.dumps(body).encode(), {"Content-Type": "application/json"})`,
    `print(json.load(urlopen(request))["results"][0])`,
  ].join("\n");
}

function javascript(address: string, body: Body): string {
  return [
    `const response = await fetch(${JSON.stringify(address)}, {`,
    `  method: "POST",`,
    `  headers: { "Content-Type": "application/json" },`,
    `  body: JSON.stringify(${JSON.stringify(body)}),`,
    `});`,
    `console.log((await response.json()).results[0]);`,
  ].join("\n");
}
