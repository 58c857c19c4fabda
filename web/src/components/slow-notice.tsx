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
      title="The server takes long to answer"
      detail="It may be waking up, which takes up to a minute on a small machine, or the connection is slow."
      meanwhile="The answer comes by itself…"
    />
  );
}
