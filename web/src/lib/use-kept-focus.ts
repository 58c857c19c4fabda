import { useEffect, useRef, type RefObject } from "react";

/**
 * For an element whose content is replaced when `key` changes: where the focus went with the old content, which leaves it
 * on the document's body, the element itself gets it. It needs a tabIndex.
 */
export function useKeptFocus<Place extends HTMLElement>(key: unknown): RefObject<Place | null> {
  const place = useRef<Place>(null);
  const before = useRef(key);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, [key]);
  return place;
}
