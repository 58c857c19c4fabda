import { useDebouncedValue, useWindowEvent } from "@mantine/hooks";
import { useEffect, useState } from "react";

import { fragmentOf, readFragment, type TryState } from "../../lib/fragment";

const ADDRESS_PAUSE_MS = 300;

/** Text and model, kept in the address. Typing changes them at once and the address a little later. */
export function useTryState(): [TryState, (change: Partial<TryState>) => void] {
  const [state, setState] = useState(() => readFragment(window.location.hash));
  useWindowEvent("popstate", () => setState(readFragment(window.location.hash)));

  const [settled] = useDebouncedValue(state, ADDRESS_PAUSE_MS);
  useEffect(() => {
    const next = fragmentOf(settled);
    if (next !== window.location.hash) {
      window.history.replaceState(window.history.state, "", `${window.location.pathname}${next}`);
    }
  }, [settled]);

  return [state, (change) => setState((before) => ({ ...before, ...change }))];
}
