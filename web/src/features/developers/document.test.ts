import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { endpointsOf, kindOf, type Document } from "./document";

const document = JSON.parse(readFileSync(join(process.cwd(), "openapi.json"), "utf8")) as Document;

describe("endpointsOf", () => {
  it("has every operation of the document, Predict first", () => {
    const endpoints = endpointsOf(document);
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
    expect(endpoints).toHaveLength(operations.length);
    expect(endpoints[0]).toMatchObject({ id: "predict", method: "POST", path: "/api/v1/predict" });
  });

  it("reads the fields, examples and responses of an operation", () => {
    const [predict] = endpointsOf(document);
    expect(predict?.body?.fields.map(({ name }) => name)).toEqual([
      "text",
      "texts",
      "clean",
      "explain",
      "model",
      "labels",
    ]);
    expect(predict?.body?.examples[0]?.value).toHaveProperty("text");
    expect(predict?.responses.map(({ status }) => status)).toContain("503");
    expect(predict?.key).toEqual({ needed: false, scope: "predict" });
  });
});

it.each([
  [{ anyOf: [{ type: "string" }, { type: "null" }] }, "text or null"],
  [{ type: "array", items: { type: "string" }, maxItems: 128 }, "list of text, at most 128"],
  [{ $ref: "#/components/schemas/Result" }, "Result"],
  [{ type: "integer", minimum: 1, maximum: 200 }, "whole number, at least 1, at most 200"],
  [{ enum: ["a", "b"] }, '"a" or "b"'],
  [{ const: "ok" }, '"ok"'],
  [{}, "anything"],
])("says what %j is", (schema, words) => {
  expect(kindOf(schema)).toBe(words);
});
