/** Which label answers which attribute of Perspective. */
import { queryOptions } from "@tanstack/react-query";

import { dataOf } from "./client";
import { chooseAttribute, listAttributes, removeAttribute, type AttributeChoice } from "./generated";
import { retryOptions } from "./retry";

export const attributesQuery = queryOptions({
  queryKey: ["attributes"],
  queryFn: ({ signal }) => dataOf(listAttributes({ signal })),
  ...retryOptions,
});

/** Chooses what answers an attribute; nothing if `choice` is undefined. Rejects with an ApiError. */
export async function answerAttribute(name: string, choice: AttributeChoice | undefined): Promise<void> {
  if (choice) await dataOf(chooseAttribute({ path: { name }, body: choice }));
  else await dataOf(removeAttribute({ path: { name } }));
}

/** A comment as Perspective's clients send it, and the answer as they get it, whatever its status. */
export async function analyze(text: string, attributes: readonly string[]): Promise<string> {
  const requestedAttributes = Object.fromEntries(attributes.map((name) => [name, {}]));
  const response = await fetch("/v1alpha1/comments:analyze", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ comment: { text }, requestedAttributes }),
  });
  return JSON.stringify(await response.json(), null, 2);
}
