import { useEffect, useState } from "react";

/** True once `value` has been true for `ms` milliseconds; false as soon as it is false. */
export function useTrueFor(value: boolean, ms: number): boolean {
  const [elapsed, setElapsed] = useState(false);
  useEffect(() => {
    if (!value) return;
    const timer = setTimeout(() => setElapsed(true), ms);
    return () => {
      clearTimeout(timer);
      setElapsed(false);
    };
  }, [value, ms]);
  return value && elapsed;
}
