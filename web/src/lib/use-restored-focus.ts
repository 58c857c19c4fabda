import { useEffect, useRef, type RefObject } from "react";

/**
 * Moves the focus to an element whose content is replaced when `key` changes, if the focus was lost with the old content.
 * The element needs a tabIndex.
 */
export function useRestoredFocus<Container extends HTMLElement>(key: unknown): RefObject<Container | null> {
  const container = useRef<Container>(null);
  const previous = useRef(key);
  useEffect(() => {
    if (previous.current === key) return;
    previous.current = key;
    if (document.activeElement === document.body) container.current?.focus({ preventScroll: true });
  }, [key]);
  return container;
}
