import { VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";

import { announcementOf } from "../../explanation/effects";
import type { Answer } from "./use-answer";

/** Long enough not to interrupt someone who is typing. */
const SETTLED_MS = 1000;

/** Announces the answer to screen readers once it has settled. */
export function Announcement({ answer: { answer, effects, pending } }: { answer: Answer }) {
  const now = answer && !pending ? announcementOf(answer.scored, effects) : "";
  const [announced] = useDebouncedValue(now, SETTLED_MS);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {announced}
    </VisuallyHidden>
  );
}
