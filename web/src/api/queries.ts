import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { noteRetryAfter, waitForRetryAfter } from "./retry-after";
import { answerOf, ApiError, dataOf } from "./client";
import { getModel, listModels, predict, type ModelVersion, type Scored } from "./generated";
import { client } from "./generated/client.gen";
import { retryOptions } from "./retry";

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => dataOf(listModels({ signal })),
  staleTime: Infinity,
  ...retryOptions,
});

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: ["models", name],
    queryFn: ({ signal }) => dataOf(getModel({ path: { name }, signal })),
    staleTime: Infinity,
    ...retryOptions,
  });

/** The server's own OpenAPI document. */
export const openapiQuery = queryOptions({
  queryKey: ["openapi"],
  queryFn: ({ signal }) => dataOf(client.get({ url: "/openapi.json", signal })),
  staleTime: Infinity,
  ...retryOptions,
});

/** The answer to one text. */
export interface TextAnswer {
  text: string;
  scored: Scored;
  model: ModelVersion;
  tookMs: number;
  /** The request ID, as in the server's log. */
  requestId: string | undefined;
}

export interface Question {
  text: string;
  model: string | undefined;
  explain: boolean;
}

/** Scores one text. When the key changes, the query's signal aborts the request. */
export const predictQuery = ({ text, model, explain }: Question) =>
  queryOptions({
    queryKey: ["predict", model, explain, text],
    queryFn: async ({ signal, client }): Promise<TextAnswer> => {
      await waitForRetryAfter(client, signal);
      const { data: answer, requestId } = await answerOf(
        predict({ body: { text, model: model ?? null, explain, clean: "none" }, signal }),
      ).catch((error: unknown) => {
        noteRetryAfter(client, error);
        throw error;
      });
      const result = answer.results[0];
      if (result?.kind !== "scored") {
        throw new ApiError(
          422,
          result?.error.code ?? "no-result",
          "The text can’t be scored",
          result?.error.detail ?? "",
        );
      }
      return { text, scored: result, model: answer.model, tookMs: answer.took_ms, requestId };
    },
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    ...retryOptions,
  });
