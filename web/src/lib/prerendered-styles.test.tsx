import { expect, test } from "vitest";

import { PRERENDERED_STYLES, restorePrerenderedStyles } from "./prerendered-styles";

test("moves the rules back to style attributes", () => {
  document.body.innerHTML = `
    <style id="${PRERENDERED_STYLES}">:root [data-built="0"][data-built]{display: none}</style>
    <p data-built="0">hidden</p>
    <p>shown</p>`;
  restorePrerenderedStyles();
  const [hidden, shown] = document.querySelectorAll("p");
  expect(hidden?.getAttribute("style")).toBe("display: none;");
  expect(hidden?.hasAttribute("data-built")).toBe(false);
  expect(shown?.hasAttribute("style")).toBe(false);
  expect(document.getElementById(PRERENDERED_STYLES)).toBeNull();
});

test("leaves a page alone that was not prerendered", () => {
  document.body.innerHTML = "<p>shown</p>";
  restorePrerenderedStyles();
  expect(document.body.innerHTML).toBe("<p>shown</p>");
});
