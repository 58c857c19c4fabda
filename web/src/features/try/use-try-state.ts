import { useThrottledValue, useWindowEvent } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { fragmentOf, readFragment, type TryState } from "../../lib/fragment";

/** Safari allows at most a hundred address changes in 30 seconds. */
const ADDRESS_PAUSE_MS = 350;

/** The text and model, mirrored in the address. The first change is written at once, later ones are throttled. */
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
