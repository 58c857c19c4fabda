import { readFileSync } from "node:fs";
import { join } from "node:path";

import { fireEvent, screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { PREDICT, problem, refuse } from "../../test/handlers";
import { open } from "../../test/render";
import { server } from "../../test/server";

const DOCUMENT = "*/openapi.json";
const document = JSON.parse(readFileSync(join(process.cwd(), "openapi.json"), "utf8")) as Record<
  string,
  unknown
>;

beforeEach(() => server.use(http.get(DOCUMENT, () => HttpResponse.json(document))));

async function tryOut(name: string) {
  const user = open("/developers");
  const section = await screen.findByRole("region", { name });
  await user.click(within(section).getByRole("button", { name: "Try it here" }));
  return { user, section };
}

describe("API page", () => {
  it("shows every operation of the OpenAPI document, with its fields and responses", async () => {
    open("/developers");
    const section = await screen.findByRole("region", { name: "Score texts" });
    expect(section).toHaveTextContent("POST /api/v1/predict");
    const body = within(section).getByRole("table", { name: "Body of POST /api/v1/predict" });
    expect(within(body).getByRole("row", { name: /^texts list of text, at most 128 or null/ })).toBeVisible();
    expect(within(section).getByRole("group", { name: "Request in curl" })).toHaveTextContent(
      /curl http:\/\/localhost:\d+\/api\/v1\/predict/,
    );
    expect(section).toHaveTextContent(/Responses: 200, 400/);
    const calls = screen.getByRole("navigation", { name: "Endpoints" });
    expect(within(calls).getByRole("link", { name: "Score texts" })).toHaveAttribute("href", "#predict");
  });

  it("uses the name of an existing model in samples and forms", async () => {
    const { section } = await tryOut("Get a model");
    expect(await within(section).findByRole("group", { name: "Request in curl" })).toHaveTextContent(
      /\/api\/v1\/models\/reviews$/,
    );
    expect(within(section).getByRole("textbox", { name: "name" })).toHaveValue("reviews");
  });

  it("sends the request as written, with the key, and shows the response", async () => {
    let seen: unknown;
    server.use(
      http.post(PREDICT, async ({ request }) => {
        seen = { body: await request.text(), key: request.headers.get("Authorization") };
        return HttpResponse.json({ took_ms: 1 }, { headers: { "X-Request-ID": "abc" } });
      }),
    );
    const { user, section } = await tryOut("Score texts");
    await user.type(screen.getByLabelText(/^Your API key/), "vk_1");
    const body = within(section).getByRole("textbox", { name: "Body (JSON)" });
    fireEvent.change(body, { target: { value: '{"text":"x"}' } });
    await user.click(within(section).getByRole("button", { name: "Send" }));
    const answer = await within(section).findByRole("group", { name: "Response" });
    expect(answer).toHaveTextContent('{ "took_ms": 1 }');
    expect(section).toHaveTextContent(/200 OK.*X-Request-ID\s*abc/);
    expect(seen).toEqual({ body: '{"text":"x"}', key: "Bearer vk_1" });
  });

  it("shows an error response without retrying", async () => {
    let calls = 0;
    server.use(
      http.post(PREDICT, () => {
        calls += 1;
        return refuse(problem(429, "too-many-calls", "Too many calls", "Wait."), { "Retry-After": "7" });
      }),
    );
    const { user, section } = await tryOut("Score texts");
    await user.selectOptions(within(section).getByRole("combobox", { name: "Example" }), "several texts");
    await user.click(within(section).getByRole("button", { name: "Send" }));
    expect(await within(section).findByRole("group", { name: "Response" })).toHaveTextContent(
      "too-many-calls",
    );
    expect(section).toHaveTextContent(/Retry-After\s*7/);
    expect(calls).toBe(1);
  });

  it("puts parameters into the address", async () => {
    let path = "";
    server.use(
      http.get("*/api/v1/models/:name", ({ request }) => {
        path = new URL(request.url).pathname;
        return new HttpResponse("plain", { headers: { "Content-Type": "text/plain" } });
      }),
    );
    const { user, section } = await tryOut("Get a model");
    const name = within(section).getByRole("textbox", { name: "name" });
    await user.clear(name);
    await user.type(name, "a/b c");
    await user.click(within(section).getByRole("button", { name: "Send" }));
    expect(await within(section).findByText("plain")).toBeVisible();
    expect(path).toBe("/api/v1/models/a%2Fb%20c");
  });

  it("shows an error if the server doesn't answer", async () => {
    server.use(http.post(PREDICT, () => HttpResponse.error()));
    const { user, section } = await tryOut("Score texts");
    await user.click(within(section).getByRole("button", { name: "Send" }));
    expect(await within(section).findByRole("alert")).toHaveTextContent("The server doesn’t answer");
  });

  it("recovers when the server is back", async () => {
    let calls = 0;
    server.use(
      http.get(DOCUMENT, () => {
        calls += 1;
        return calls === 1 ? HttpResponse.error() : HttpResponse.json(document);
      }),
    );
    open("/developers");
    expect(await screen.findByRole("alert")).toHaveTextContent("automatically");
    expect(await screen.findByRole("region", { name: "Score texts" })).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});
