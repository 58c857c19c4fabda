import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { notePause, pauseOver } from "./call-pause";
import { answerOf, ApiError, dataOf } from "./client";
import { getModel, listModels, predict, type ModelVersion, type Scored } from "./generated";
import { client } from "./generated/client.gen";
import { retrying } from "./retrying";

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => dataOf(listModels({ signal })),
  staleTime: Infinity,
  ...retrying,
});

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: ["models", name],
    queryFn: ({ signal }) => dataOf(getModel({ path: { name }, signal })),
    staleTime: Infinity,
    ...retrying,
  });

/** The server's own OpenAPI document. */
export const openapiQuery = queryOptions({
  queryKey: ["openapi"],
  queryFn: ({ signal }) => dataOf(client.get({ url: "/openapi.json", signal })),
  staleTime: Infinity,
  ...retrying,
});

/** One text's answer, with the text that it answers. */
export interface TextAnswer {
  text: string;
  scored: Scored;
  model: ModelVersion;
  tookMs: number;
  /** As the server's log has it. */
  requestId: string | undefined;
}

export interface Question {
  text: string;
  model: string | undefined;
  explain: boolean;
}

/** Asks about one text. A newer question makes this one stale: its signal then stops the call. */
export const predictQuery = ({ text, model, explain }: Question) =>
  queryOptions({
    queryKey: ["predict", model, explain, text],
    queryFn: async ({ signal, client }): Promise<TextAnswer> => {
      await pauseOver(client, signal);
      const { data: answer, requestId } = await answerOf(
        predict({ body: { text, model: model ?? null, explain }, signal }),
      ).catch((error: unknown) => {
        notePause(client, error);
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
    ...retrying,
  });
