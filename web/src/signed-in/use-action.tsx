import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { asApiError } from "../api/client";
import { Notice } from "../components/notice";

export interface Action<Input> {
  run: (input: Input) => void;
  pending: boolean;
  /** Why it failed, to be shown where the user acted. */
  notice: ReactNode;
}

/** Something that changes the server, one at a time. */
export function useAction<Input = void>(act: (input: Input) => Promise<unknown>): Action<Input> {
  const { mutate, isPending, error, variables } = useMutation({ networkMode: "always", mutationFn: act });
  return {
    run: (input) => {
      if (!isPending) mutate(input);
    },
    pending: isPending,
    notice: error ? (
      <Notice
        title={asApiError(error).title}
        detail={asApiError(error).detail}
        action={{ label: "Try again", run: () => mutate(variables) }}
      />
    ) : null,
  };
}
