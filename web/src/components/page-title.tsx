import { useEffect } from "react";

/** Sets the window's title while it is on the page. */
export function PageTitle({ children }: { children: string }) {
  useEffect(() => {
    document.title = `${children} · Valence`;
  }, [children]);
  return null;
}
