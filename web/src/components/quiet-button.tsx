import { Button } from "@mantine/core";
import type { ReactNode } from "react";

interface QuietButtonProps {
  onClick: () => void;
  expanded?: boolean;
  /** ID of what it shows and hides. */
  controls?: string;
  children: ReactNode;
}

/** A button for secondary actions. */
export function QuietButton({ onClick, expanded, controls, children }: QuietButtonProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      fw={500}
      aria-expanded={expanded}
      aria-controls={controls}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
