/** Existing JavaScript clients, unmodified but for the address. No browser: they run in Node. */
import { InferenceClient, InferenceClientProviderApiError } from "@huggingface/inference";
import { expect, test } from "@playwright/test";
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from "openai";

import { startServer, type Server } from "./support/server.ts";

let server: Server;
let key: string;

test.beforeAll(async () => {
  server = await startServer(undefined, { VALENCE_WITHOUT_KEY: "none" });
  key = server.createKey("predict");
});

test.afterAll(() => server.stop());

const openai = (apiKey: string) => new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0 });
const huggingFace = (path: string, accessToken: string) =>
  new InferenceClient(accessToken).endpoint(`${server.url}${path}`);

test("openai reads categories and our labels", async () => {
  const { results } = await openai(key).moderations.create({ input: ["A wonderful film.", "Dull and bad."] });
  expect(results.map(({ flagged }) => flagged)).toEqual([false, true]);
  expect(results[1]?.categories.harassment).toBe(false);
  expect(results[1]?.category_scores).toHaveProperty("negative");
});

test("openai throws its own errors with our message", async () => {
  const refused = await openai("none")
    .moderations.create({ input: "good" })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(AuthenticationError);
  expect(String(refused)).toContain("unknown, expired or revoked");
  const empty = await openai(key)
    .moderations.create({ input: " " })
    .catch((error: unknown) => error);
  expect(empty).toBeInstanceOf(BadRequestError);
  expect(String(empty)).toContain("The text is empty");
  const unknown = await openai(key)
    .moderations.create({ input: "good", model: "other" })
    .catch((error: unknown) => error);
  expect(unknown).toBeInstanceOf(NotFoundError);
  expect(unknown).toHaveProperty("code", "model_not_found");
});

test("@huggingface/inference reads every label", async () => {
  const labels = await huggingFace("/models/bundled", key).textClassification({
    inputs: "A wonderful film.",
  });
  expect(labels.map(({ label }) => label)).toEqual(["positive", "negative"]);
});

test("@huggingface/inference throws its own error with our message", async () => {
  const unknown: unknown = await huggingFace("/models/other", key)
    .textClassification({ inputs: "good" })
    .catch((error: unknown) => error);
  expect(unknown).toBeInstanceOf(InferenceClientProviderApiError);
  const { httpResponse } = unknown as InferenceClientProviderApiError;
  expect(httpResponse.status).toBe(404);
  expect(JSON.stringify(httpResponse.body)).toContain("There is no model 'other'");
  const refused: unknown = await huggingFace("/models/bundled", "hf_other")
    .textClassification({ inputs: "good" })
    .catch((error: unknown) => error);
  expect((refused as InferenceClientProviderApiError).httpResponse.status).toBe(401);
});
