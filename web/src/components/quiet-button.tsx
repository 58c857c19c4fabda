import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import { useHydrated } from "../lib/hydration";
import classes from "./quiet-button.module.css";

interface QuietButtonProps {
  onClick: () => void;
  expanded?: boolean;
  /** ID of what it shows and hides. */
  controls?: string;
  children: ReactNode;
}

/** A button for secondary actions. In a prerendered page it is disabled until it can do something. */
export function QuietButton({ onClick, expanded, controls, children }: QuietButtonProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      fw={500}
      className={classes.button}
      disabled={!useHydrated()}
      aria-expanded={expanded}
      aria-controls={controls}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
