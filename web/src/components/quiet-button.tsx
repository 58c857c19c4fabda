import { Button } from "@mantine/core";
import type { ReactNode } from "react";

interface QuietButtonProps {
  onClick: () => void;
  expanded?: boolean;
  children: ReactNode;
}

/** A button for secondary actions. */
export function QuietButton({ onClick, expanded, children }: QuietButtonProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      fw={500}
      aria-expanded={expanded}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
