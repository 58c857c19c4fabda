import { useEffect, useEffectEvent, useRef, useSyncExternalStore, type RefObject } from "react";

const subscribeToNothing = () => () => undefined;

/**
 * Whether the prerendered page is hydrated. Only then may it show what depends on this browser; before, it must match the
 * prerendered HTML.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
}

/** The page's origin, such as https://example.com; "" when prerendering. */
export function useOrigin(): string {
  return useHydrated() ? window.location.origin : "";
}

/** Reports what the user entered into a field before the page was hydrated. */
export function useFilledBeforeHydration<Field extends HTMLInputElement | HTMLTextAreaElement>(
  report: (field: Field) => void,
): RefObject<Field | null> {
  const field = useRef<Field>(null);
  const onFilled = useEffectEvent(report);
  useEffect(() => {
    if (field.current && field.current.value !== "") onFilled(field.current);
  }, []);
  return field;
}
