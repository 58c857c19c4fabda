import { VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";

import { announcementOf } from "./logic";
import type { Answer } from "./use-answer";

/** Long enough that one who types is not talked over. */
const SETTLED_MS = 1000;

/** The answer for screen readers, once it has settled. */
export function Announcement({ answer: { answer, pulls, pending } }: { answer: Answer }) {
  const now = answer && !pending ? announcementOf(answer.scored, pulls) : "";
  const [said] = useDebouncedValue(now, SETTLED_MS);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}
