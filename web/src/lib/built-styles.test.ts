import { expect, test } from "vitest";

import { BUILT_STYLES, restoreStyles } from "./built-styles";

test("elements get their styles back, and no rule says them any more", () => {
  document.body.innerHTML = `
    <style id="${BUILT_STYLES}">:root [data-built="0"][data-built]{display: none}</style>
    <p data-built="0">hidden</p>
    <p>shown</p>`;
  restoreStyles();
  const [hidden, shown] = document.querySelectorAll("p");
  expect(hidden?.getAttribute("style")).toBe("display: none;");
  expect(hidden?.hasAttribute("data-built")).toBe(false);
  expect(shown?.hasAttribute("style")).toBe(false);
  expect(document.getElementById(BUILT_STYLES)).toBeNull();
});

test("a page that was not built beforehand is left alone", () => {
  document.body.innerHTML = "<p>shown</p>";
  restoreStyles();
  expect(document.body.innerHTML).toBe("<p>shown</p>");
});
