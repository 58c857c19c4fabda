import { useEffect, useState } from "react";

import { Notice } from "./notice";

/** A busy server has answered by then; one that sleeps has not. */
const SLOW_MS = 5000;

/** Says, once an answer has been waited for this long, what may be the matter. A new `waiting` begins anew. */
export function SlowNotice({ waiting }: { waiting: boolean }) {
  return waiting ? <AfterAWhile /> : null;
}

function AfterAWhile() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!slow) return null;
  return (
    <Notice
      title="The server is slow"
      detail="It may be waking up, which can take a minute, or your connection is slow."
      meanwhile="Waiting for the answer…"
    />
  );
}
