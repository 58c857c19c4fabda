/** Pasted discussions, split into comments by the server. Nothing is scored or stored. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { dataOf } from "./client";
import { readDiscussion, type DiscussionRequest } from "./generated";
import { retryOptions } from "./retry";

export const discussionQuery = ({ text, split, clean }: DiscussionRequest) =>
  queryOptions({
    queryKey: ["discussion", split, clean, text],
    queryFn: ({ signal }) =>
      dataOf(
        readDiscussion({
          body: { text, ...(split ? { split } : {}), ...(clean ? { clean } : {}) },
          signal,
        }),
      ),
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    ...retryOptions,
  });
