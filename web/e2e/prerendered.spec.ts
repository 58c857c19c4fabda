/** Prerendered pages before and during hydration. */
import type { Page } from "@playwright/test";

import { expect, FULL, test } from "./support/test.ts";

test("the content is there before the script, and typed text is kept", async ({ page }) => {
  const comes = await withoutScript(page, "/");
  await page.getByLabel("Your text").fill("A wonderful, moving film.");
  comes();
  await expect(page.getByRole("heading", { name: /Positive/ })).toBeVisible();
  await expect(page.getByLabel("Your text")).toHaveValue("A wonderful, moving film.");
});

test("a button can be pressed once the script has loaded, so no press is lost", async ({ page }) => {
  const comes = await withoutScript(page, "/discussion");
  const example = page.getByRole("button", { name: "Try an example" });
  await expect(example).toBeDisabled();
  comes();
  await example.click();
  await expect(page.getByText("16 comments, 7 people")).toBeVisible();
});

test("a file chosen before the script has loaded is read", { tag: FULL }, async ({ page }) => {
  const comes = await withoutScript(page, "/many");
  await page.getByLabel("File with texts").setInputFiles({
    name: "two.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("A wonderful film.\nDull.\n"),
  });
  comes();
  await expect(page.getByRole("button", { name: /^Score 2 rows/ })).toBeEnabled();
});

/** Opens a page whose script loads once the returned function is called. */
async function withoutScript(page: Page, path: string): Promise<() => void> {
  let letThrough = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route(/\/assets\/index-.*\.js$/, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(path, { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return letThrough;
}

for (const path of ["/", "/many", "/discussion", "/model", "/developers", "/train", "/perspective"]) {
  test(`${path} is hydrated without changes`, { tag: path === "/" ? [] : FULL }, async ({ page }) => {
    const response = await page.goto(path);
    const html = (await response?.text()) ?? "";
    expect(html).toContain("<h1");
    expect(html).not.toMatch(/<[^>]+ style="/); // which the Content Security Policy would block
    await page.waitForLoadState("networkidle"); // every test also fails on console errors
  });
}

test.describe("at an unknown address", () => {
  test.use({ callsFail: true }); // the document itself is a 404

  test("an unknown address is a 404 with links back", async ({ page }) => {
    const response = await page.goto("/nowhere");
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    await page.getByRole("link", { name: "try the classifier" }).click();
    await expect(page.getByLabel("Your text")).toBeVisible();
  });
});
