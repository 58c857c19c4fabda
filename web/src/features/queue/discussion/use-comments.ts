import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";

import { discussionQuery } from "../../../api/discussions";
import type { DiscussionResponse } from "../../../api/generated";
import { commentsOf, type Comment } from "./comment";
import type { Draft } from "./draft";

const TYPING_PAUSE_MS = 400;
const NONE: readonly Comment[] = [];

export interface Reading {
  comments: readonly Comment[];
  /** What was read; undefined until then, and without a text. */
  read: DiscussionResponse | undefined;
  query: UseQueryResult<DiscussionResponse>;
}

/** The comments of a draft, which the server splits once it stops changing. */
export function useComments({ text, cut, isWhole }: Draft): Reading {
  const isEmpty = text.trim() === "";
  const [settled] = useDebouncedValue(text, TYPING_PAUSE_MS);
  const query = useQuery(
    discussionQuery({
      text: isEmpty ? "" : settled.toWellFormed(),
      split: cut ?? null,
      clean: isWhole === true ? "none" : "forum",
    }),
  );
  const read = isEmpty ? undefined : query.data;
  const comments = useMemo(() => (read ? commentsOf(read) : NONE), [read]);
  return { comments, read, query };
}
