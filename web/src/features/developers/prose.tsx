import { Fragment } from "react";

/** A description with its `code` spans. */
export function Prose({ children }: { children: string }) {
  return children
    .split("`")
    .map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : <Fragment key={i}>{part}</Fragment>));
}
