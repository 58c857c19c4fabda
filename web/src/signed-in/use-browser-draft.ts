import { useEffect, useRef, useState } from "react";

import { loadItem, removeItems, storeItem } from "../lib/browser-store";

/** State that this browser stores, so that a reload loses nothing. `forget` empties it. */
export function useBrowserDraft<Value>(
  name: string,
  empty: Value,
): [value: Value, set: (value: Value) => void, forget: () => void] {
  const [value, setValue] = useState(empty);
  const touched = useRef(false);
  useEffect(() => {
    void loadItem<Value>(name).then((stored) => {
      if (stored !== undefined && !touched.current) setValue(stored);
    });
  }, [name]);
  const set = (next: Value) => {
    touched.current = true;
    setValue(next);
    void storeItem(name, next);
  };
  const forget = () => {
    touched.current = true;
    setValue(empty);
    void removeItems(name);
  };
  return [value, set, forget];
}
