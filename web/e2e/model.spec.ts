import type { Page } from "@playwright/test";

import { withMeasured } from "./support/measured.ts";
import { expect, expectNoAxeViolations, FULL, test } from "./support/test.ts";

test("describes the served model", async ({ page, url }) => {
  const list = (await (await fetch(`${url}/api/v1/models`)).json()) as {
    models: { name: string; labels: string[] }[];
  };
  const [model] = list.models;
  if (!model) throw new Error("The server has no model.");
  await page.goto("/model");
  await expect(page.getByRole("heading", { level: 1, name: /^Classifies text/ })).toContainText(
    model.labels[0] ?? "",
  );
  await expect(page).toHaveTitle(`Model: ${model.name} · Valence`);
  for (const name of ["Where it fails", "Results", "Mistakes by label", "Model card", "How it was made"])
    await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
});

test("is linked from an answer", { tag: FULL }, async ({ page }) => {
  await page.goto("/#text=wonderful");
  await page.getByRole("region", { name: "Answer" }).getByRole("link").click();
  await expect(page).toHaveURL(/\/model\?name=/);
  await expect(page.getByRole("heading", { level: 2, name: "Results" })).toBeVisible();
});

test.describe("an unknown model", () => {
  test.use({ callsFail: true });

  test("is reported, with the available models", async ({ page }) => {
    await page.goto("/model?name=nope");
    await expect(page.getByRole("alert")).toContainText("nope");
  });
});

test("moves the threshold by keyboard", async ({ page }) => {
  await withMeasured(page);
  await page.goto("/model#threshold");
  const slider = page.getByRole("slider", { name: /Predict positive from/ });
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(
    page.getByText("Of 872 texts predicted positive, 444 are correct (precision 50.9%)."),
  ).toBeVisible();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("PageUp");
  await expect(slider).toHaveAccessibleName("Predict positive from 30%");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, { tag: colorScheme === "dark" ? FULL : [] }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("charts and tables have no axe violations", async ({ page }) => {
      await withMeasured(page);
      await page.goto("/model");
      await expect(page.getByRole("heading", { level: 2, name: "Choose a threshold" })).toBeVisible();
      await openAll(page);
      await expectNoAxeViolations(page);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("the charts fit", { tag: FULL }, async ({ page }) => {
    await withMeasured(page);
    await page.goto("/model");
    await expect(page.getByRole("heading", { level: 2, name: "Choose a threshold" })).toBeVisible();
    await openAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });
});

/** Opens every section and table. */
const openAll = (page: Page) =>
  page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

test("opens a section from the contents list and from a link", async ({ page }) => {
  await page.goto("/model");
  const hash = page
    .locator("#making")
    .getByText(/^[0-9a-f]{12}$/)
    .first();
  await expect(hash).toBeHidden();
  await page
    .getByRole("navigation", { name: "On this page" })
    .getByRole("link", { name: "How it was made" })
    .click();
  await expect(hash).toBeVisible();
  await page.reload();
  await expect(hash).toBeVisible();
});

test("is short until sections are opened", async ({ page }) => {
  for (const [width, most] of [
    [1200, 4000],
    [390, 6000],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/model");
    await expect(page.getByRole("heading", { level: 2, name: "How it was made" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(most);
  }
});
