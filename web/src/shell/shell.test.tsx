import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "../test/render";

it("has landmarks, says which page is open, and skips to the content", async () => {
  const user = open("/");
  expect(screen.getByRole("banner")).toBeVisible();
  expect(screen.getByRole("contentinfo")).toBeVisible();
  expect(screen.getByRole("link", { name: "Try" })).toHaveAttribute("aria-current", "page");
  await user.tab();
  expect(screen.getByRole("link", { name: "Skip to the content" })).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(screen.getByRole("main")).toHaveFocus();
});

it("remembers the chosen colours", async () => {
  const user = open("/");
  await user.click(screen.getByRole("radio", { name: "Dark" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark");
});

it("says that an address is none of its own", () => {
  open("/nowhere");
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("There is no page at this address.");
});
