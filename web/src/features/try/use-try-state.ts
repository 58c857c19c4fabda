import { useThrottledValue, useWindowEvent } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { fragmentOf, readFragment, type TryState } from "../../lib/fragment";

/** Safari refuses more than a hundred changes of the address in half a minute. */
const ADDRESS_PAUSE_MS = 350;

/** Text and model, kept in the address: the first change at once, so that a reload loses nothing, others a little later. */
export function useTryState(): [TryState, (change: Partial<TryState>) => void] {
  const [state, setState] = useState(() => readFragment(import.meta.env.SSR ? "" : window.location.hash));
  useWindowEvent("popstate", () => setState(readFragment(window.location.hash)));

  const settled = useThrottledValue(state, ADDRESS_PAUSE_MS);
  useEffect(() => {
    const next = fragmentOf(settled);
    if (next !== window.location.hash) {
      window.history.replaceState(window.history.state, "", `${window.location.pathname}${next}`);
    }
  }, [settled]);

  return [state, (change) => setState((before) => ({ ...before, ...change }))];
}
