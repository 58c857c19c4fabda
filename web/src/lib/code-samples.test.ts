import { expect, it } from "vitest";

import { codeSamples } from "./code-samples";

const written = (call: Parameters<typeof codeSamples>[0]) => codeSamples(call).map(({ code }) => code);

it("writes a POST request with any body", () => {
  const [curl, python, javascript] = written({
    method: "POST",
    url: "http://a/b",
    body: { text: "it's", explain: true },
  });
  expect(curl).toBe(
    String.raw`curl http://a/b \
  -H 'Content-Type: application/json' \
  -d '{"text":"it'\''s","explain":true}'`,
  );
  expect(python).toContain(`body = {"text": "it's", "explain": True}`);
  expect(python).toContain(
    `Request("http://a/b", json.dumps(body).encode(), {"Content-Type": "application/json"})`,
  );
  expect(javascript).toContain(`body: JSON.stringify({"text":"it's","explain":true}),`);
});

it("writes a GET request with a quoted query", () => {
  const [curl, python, javascript] = written({ method: "GET", url: "http://a/b?c=1&d=2" });
  expect(curl).toBe("curl 'http://a/b?c=1&d=2'");
  expect(python).toContain(`request = Request("http://a/b?c=1&d=2")`);
  expect(javascript).toContain(`await fetch("http://a/b?c=1&d=2");`);
});

it("reads a key from the environment", () => {
  const [curl, python, javascript] = written({ method: "DELETE", url: "http://a/b", needsKey: true });
  expect(curl).toBe('curl -X DELETE http://a/b \\\n  -H "Authorization: Bearer $VALENCE_KEY"');
  expect(python).toContain(
    `headers={"Authorization": f"Bearer {os.environ['VALENCE_KEY']}"}, method="DELETE")`,
  );
  expect(javascript).toContain("process.env.VALENCE_KEY");
});
