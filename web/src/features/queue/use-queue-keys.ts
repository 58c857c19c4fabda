import { useEffect, useEffectEvent, useRef, type RefObject } from "react";

import { actionOf, type Action } from "./keys";
import { useKeysWanted } from "./use-keys-wanted";

/** What React's events and the browser's have in common. */
type Press = Pick<
  KeyboardEvent,
  "defaultPrevented" | "preventDefault" | "target" | "key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey"
>;

const isWithin = (target: EventTarget | null, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

/**
 * Keys decide while the focus is in the region, which gets it at the beginning, or nowhere: an element with the focus may
 * have gone. In a field they are text, until Escape, or Enter after a search, leaves it.
 */
export function useQueueKeys(
  labelKeys: ReadonlyMap<string, string>,
  act: (action: Action) => void,
): [RefObject<HTMLDivElement | null>, (event: Press) => void] {
  const region = useRef<HTMLDivElement>(null);
  const [on] = useKeysWanted();
  const onKey = (event: Press) => {
    if (event.defaultPrevented) return;
    if (isWithin(event.target, "input, textarea, select, dialog")) {
      const isDone =
        event.key === "Escape" || (event.key === "Enter" && isWithin(event.target, "[type=search]"));
      if (isDone) region.current?.focus({ preventScroll: true });
      return;
    }
    const action = actionOf(event, labelKeys);
    if (!action || (!on && action.kind !== "help")) return;
    if (action.kind === "save" && isWithin(event.target, "button, a, summary")) return; // Enter presses it
    event.preventDefault();
    act(action);
  };
  const onLostFocus = useEffectEvent((event: KeyboardEvent) => {
    if (document.activeElement === document.body) onKey(event);
  });
  useEffect(() => {
    region.current?.focus({ preventScroll: true });
    document.addEventListener("keydown", onLostFocus);
    return () => document.removeEventListener("keydown", onLostFocus);
  }, []);
  return [region, onKey];
}
