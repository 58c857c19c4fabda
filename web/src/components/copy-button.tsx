import { useClipboard } from "@mantine/hooks";

import { useTakenOver } from "../lib/taken-over";
import { QuietButton } from "./quiet-button";

interface CopyButtonProps {
  value: string;
  label: string;
}

/** Puts `value` on the clipboard and says that it did. Browsers offer none to pages without HTTPS: no button then. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 2000 });
  const offered = useTakenOver() && "clipboard" in navigator;
  if (!offered) return null;
  return (
    <QuietButton onClick={() => clipboard.copy(value)}>
      <span aria-live="polite">{clipboard.copied ? "Copied" : label}</span>
    </QuietButton>
  );
}
