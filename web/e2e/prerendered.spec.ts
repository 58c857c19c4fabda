/** The page as it is before its script has come, and while it is taken over. */
import type { Page } from "@playwright/test";

import { expect, FULL, test } from "./support/test.ts";

test("what is read is there before the script is, and what was typed meanwhile is kept", async ({ page }) => {
  const comes = await withoutScript(page, "/");
  await page.getByLabel("Your text").fill("A wonderful, moving film.");
  comes();
  await expect(page.getByRole("heading", { name: /Positive/ })).toBeVisible();
  await expect(page.getByLabel("Your text")).toHaveValue("A wonderful, moving film.");
});

test("a file that is chosen before the script is there is read", { tag: FULL }, async ({ page }) => {
  const comes = await withoutScript(page, "/many");
  await page.getByLabel("File of texts").setInputFiles({
    name: "two.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("A wonderful film.\nDull.\n"),
  });
  comes();
  await expect(page.getByRole("button", { name: /^Score 2 texts/ })).toBeEnabled();
});

/** Opens a page whose script comes once what this returns is called. */
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

for (const path of ["/", "/many", "/discussion", "/model", "/developers"]) {
  test(`${path} is taken over as it was built`, { tag: path === "/" ? [] : FULL }, async ({ page }) => {
    const response = await page.goto(path);
    const html = (await response?.text()) ?? "";
    expect(html).toContain("<h1");
    expect(html).not.toMatch(/<[^>]+ style="/); // which the page's policy would stop
    await page.waitForLoadState("networkidle"); // and the guard of every test heard no complaint
  });
}

test.describe("elsewhere", () => {
  test.use({ callsFail: true }); // the document itself, which a browser reports

  test("an address that is none of the page's says so, to programs too, and leads back", async ({ page }) => {
    const response = await page.goto("/nowhere");
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no page at this address.");
    await page.getByRole("link", { name: "try the classifier" }).click();
    await expect(page.getByLabel("Your text")).toBeVisible();
  });
});
