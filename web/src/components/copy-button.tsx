import { useClipboard } from "@mantine/hooks";

import { useHydrated } from "../lib/hydration";
import { QuietButton } from "./quiet-button";

interface CopyButtonProps {
  value: string;
  label: string;
}

/** Copies `value` to the clipboard. Hidden on pages without HTTPS, where browsers have no clipboard. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const clipboard = useClipboard({ timeout: 2000 });
  const offered = useHydrated() && "clipboard" in navigator;
  if (!offered) return null;
  return (
    <QuietButton onClick={() => clipboard.copy(value)}>
      <span aria-live="polite">{clipboard.copied ? "Copied" : label}</span>
    </QuietButton>
  );
}
