import { Button } from "@mantine/core";
import { Link } from "wouter";

import { paths } from "../../lib/paths";

/** Leads to the page on which people teach their own classifier. */
export function TeachInvitation() {
  return (
    <Button component={Link} href={paths.train} variant="default" data-screen-only>
      Teach it your own labels
    </Button>
  );
}
