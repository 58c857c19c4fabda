import { useState, type Dispatch, type SetStateAction } from "react";

import type { ApiError } from "../../api/client";
import type { Item } from "../../api/generated";

/** Decisions that the server refused. They are remembered beside the views, because an answer can come after its view was left. */
export interface Refusals {
  /** The comment that somebody else decided first, and whether another one was decided since that came. */
  lost: { item: Item; why: ApiError; isOld: boolean } | undefined;
  /** Why a decision or an undo wasn't saved. */
  failure: ApiError | undefined;
  setLost: Dispatch<SetStateAction<Refusals["lost"]>>;
  setFailure: (failure: Refusals["failure"]) => void;
}

export function useRefusals(): Refusals {
  const [lost, setLost] = useState<Refusals["lost"]>();
  const [failure, setFailure] = useState<ApiError>();
  return { lost, failure, setLost, setFailure };
}
