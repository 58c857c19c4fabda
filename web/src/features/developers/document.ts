/** The parts of the OpenAPI document that the page uses. */

export interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

interface Media {
  schema?: Schema;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  operationId: string;
  tags?: string[];
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: Schema;
}

export interface Document {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Field {
  name: string;
  kind: string;
  required: boolean;
  meaning: string;
}

export interface Example {
  name: string;
  value: unknown;
}

export interface EndpointResponse {
  status: string;
  description: string;
  media: string | undefined;
  examples: Example[];
}

export interface Endpoint {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  /** Undefined if the operation takes no body. */
  body: { fields: Field[]; examples: Example[] } | undefined;
  responses: EndpointResponse[];
  key: { needed: boolean; scope: string } | undefined;
}

/** The order of the groups; others come last. */
const ORDER = ["Predict", "Models", "Feedback", "Health"];
const JSON_TYPE = "application/json";

export function endpointsOf(document: Document): Endpoint[] {
  const endpoints = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => endpoint(document, path, method, operation)),
  );
  const place = ({ tag }: Endpoint) => (ORDER.includes(tag) ? ORDER.indexOf(tag) : ORDER.length);
  return endpoints.toSorted((a, b) => place(a) - place(b));
}

function endpoint(document: Document, path: string, method: string, operation: Operation): Endpoint {
  const body = operation.requestBody?.content[JSON_TYPE];
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    tag: operation.tags?.[0] ?? "Other",
    summary: operation.summary,
    description: operation.description ?? "",
    parameters: operation.parameters ?? [],
    body: body && { fields: fieldsOf(document, body.schema), examples: examplesOf(body) },
    responses: Object.entries(operation.responses).map(([status, { description, content = {} }]) => {
      const [media, body] = Object.entries(content)[0] ?? [];
      return { status, description, media, examples: body ? examplesOf(body) : [] };
    }),
    key: keyOf(operation),
  };
}

function keyOf({ security = [] }: Operation): Endpoint["key"] {
  const scopes = security.flatMap((scheme) => Object.values(scheme)).flat();
  return scopes[0] === undefined ? undefined : { needed: security.length === 1, scope: scopes[0] };
}

const examplesOf = ({ examples = {} }: Media): Example[] =>
  Object.entries(examples).map(([name, { value }]) => ({ name, value }));

function fieldsOf(document: Document, schema: Schema | undefined): Field[] {
  const { properties = {}, required = [] } = resolved(document, schema);
  return Object.entries(properties).map(([name, field]) => ({
    name,
    kind: kindOf(field),
    required: required.includes(name),
    meaning: field.description ?? "",
  }));
}

const nameIn = (ref: string): string => ref.split("/").at(-1) ?? ref;

function resolved(document: Document, schema: Schema = {}): Schema {
  return schema.$ref === undefined ? schema : (document.components?.schemas?.[nameIn(schema.$ref)] ?? {});
}

/** A schema in words: "text or null", "list of text, at most 128". */
export function kindOf(schema: Schema): string {
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(kindOf).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const limits = [
    schema.minimum === undefined ? "" : `at least ${schema.minimum}`,
    schema.maximum === undefined ? "" : `at most ${schema.maximum}`,
    schema.maxItems === undefined ? "" : `at most ${schema.maxItems}`,
  ].filter(Boolean);
  const named =
    schema.type === "array"
      ? `list of ${kindOf(schema.items ?? {})}`
      : (NAMES[schema.type ?? ""] ?? "anything");
  return [named, ...limits].join(", ");
}

const NAMES: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  null: "null",
  object: "object",
};
