import { useEffect, useEffectEvent, useRef, useSyncExternalStore, type RefObject } from "react";

const never = () => () => undefined;

/**
 * Whether the browser has taken over the page that was built beforehand. What only this browser knows is shown from then
 * on: until then a page must be as it was built.
 */
export function useTakenOver(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/** Where this page is, such as https://example.com; nothing in a page that is built beforehand. */
export function useOrigin(): string {
  return useTakenOver() ? window.location.origin : "";
}

/** For a field: tells what somebody put into it before the page's script had come. */
export function useFilledBefore<Field extends HTMLInputElement | HTMLTextAreaElement>(
  tell: (field: Field) => void,
): RefObject<Field | null> {
  const field = useRef<Field>(null);
  const told = useEffectEvent(tell);
  useEffect(() => {
    if (field.current && field.current.value !== "") told(field.current);
  }, []);
  return field;
}
