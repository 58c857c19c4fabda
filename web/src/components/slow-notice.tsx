import { useEffect, useState } from "react";

import { Notice } from "./notice";

/** A busy server answers within this time; a sleeping one doesn't. */
const SLOW_MS = 5000;

/** Shows a notice if `waiting` lasts long. */
export function SlowNotice({ waiting }: { waiting: boolean }) {
  return waiting ? <DelayedNotice /> : null;
}

function DelayedNotice() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!slow) return null;
  return (
    <Notice
      title="The server is slow"
      detail="It may be waking up, which can take a minute, or your connection may be slow."
      meanwhile="Waiting for the answer…"
    />
  );
}
