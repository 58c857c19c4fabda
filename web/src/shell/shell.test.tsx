import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "../test/render";

it("has landmarks, a current page, and a skip link", async () => {
  const user = open("/");
  expect(screen.getByRole("banner")).toBeVisible();
  expect(screen.getByRole("contentinfo")).toBeVisible();
  expect(screen.getByRole("link", { name: "Try" })).toHaveAttribute("aria-current", "page");
  await user.tab();
  expect(screen.getByRole("link", { name: "Skip to content" })).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(screen.getByRole("main")).toHaveFocus();
});

it("remembers the colour scheme", async () => {
  const user = open("/");
  await user.click(screen.getByRole("radio", { name: "Dark" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark");
});

it("says if a page doesn't exist", () => {
  open("/nowhere");
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Page not found");
});
