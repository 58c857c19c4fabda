/** Touch, print and forced colours. */
import type { Locator, Page } from "@playwright/test";

import { answer, expect, test, textAt, verdict } from "./support/test.ts";

const TEXT = "The songs are lovely, but the story drags on.";

const open = async (page: Page) => {
  await page.goto(textAt(TEXT));
  await expect(verdict(page)).toBeVisible();
};

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the whole navigation is visible, and targets are 44 px", async ({ page }) => {
    await open(page);
    const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    const last = await links.last().boundingBox();
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(390);
    const buttons = page.getByRole("button");
    for (const target of [...(await links.all()), ...(await buttons.all())]) {
      const box = await target.boundingBox();
      expect(Math.min(box?.height ?? 0, box?.width ?? 0), await target.innerText()).toBeGreaterThanOrEqual(
        44,
      );
    }
  });
});

test.describe("in forced colours", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("a filled button’s text is on a background of its pair", async ({ page }) => {
    await page.goto("/many");
    await page.getByRole("button", { name: /example/ }).click();
    const button = page.getByRole("button", { name: /^Score/ });
    const highlight = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "Highlight";
      return getComputedStyle(probe).color;
    });
    expect(await colourOf(button, "background-color")).toBe(highlight);
    expect(await colourOf(button.getByText(/^Score/), "color")).not.toBe(highlight);
  });

  test("the scale, the bars and the marks are visible", async ({ page }) => {
    await open(page);
    const bar = answer(page).getByRole("listitem").first().locator("[style*=width]");
    expect(await colourOf(bar, "background-image")).not.toBe("none"); // the wavy side's stripes
    const ends = answer(page).getByRole("meter").locator("> span").first();
    expect(await colourOf(ends, "border-top-style")).toBe("solid");
    const mark = page.locator("[data-start]").first();
    expect(await colourOf(mark, "text-decoration-line")).toBe("underline");
  });
});

const colourOf = (element: Locator, property: string) =>
  element.evaluate((node, name) => getComputedStyle(node).getPropertyValue(name), property);

test.describe("in print", () => {
  test.use({ colorScheme: "dark" });

  test("the answer is dark on white, without buttons", async ({ page }) => {
    await open(page);
    await page.emulateMedia({ media: "print" });
    await expect(verdict(page)).toBeVisible();
    await expect(page.getByRole("navigation")).toHaveCount(0);
    await expect(page.getByRole("button")).toHaveCount(0);
    expect(await colourOf(page.locator("body"), "color")).toBe("rgb(29, 31, 36)");
  });

  test("closed sections of the model page are printed", async ({ page }) => {
    await page.goto("/model");
    const made = page.getByRole("region", { name: "How it was made" });
    await expect(made).toBeVisible();
    await page.emulateMedia({ media: "print" });
    const facts = made.getByRole("term").first();
    await expect.poll(async () => (await facts.boundingBox())?.height ?? 0).toBeGreaterThan(0);
  });
});

test("the focus stays near the pressed button", async ({ page }) => {
  const nowhere = () => page.evaluate(() => document.activeElement === document.body);
  await page.goto("/many");
  await page.getByRole("button", { name: /example/ }).click();
  await page.getByRole("button", { name: /^Score/ }).waitFor();
  expect(await nowhere()).toBe(false);
  await page.getByRole("button", { name: /^Score/ }).click();
  await page.getByRole("grid", { name: "Scored rows" }).waitFor();
  expect(await nowhere()).toBe(false);
  await page.goto("/discussion");
  await page.getByRole("button", { name: /example/ }).click();
  await page.getByRole("button", { name: "Clear" }).waitFor();
  expect(await nowhere()).toBe(false);
  await page.getByRole("button", { name: "Clear" }).click();
  expect(await nowhere()).toBe(false);
  await open(page);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByRole("textbox", { name: "Your text" })).toBeFocused();
});

test("adjacent items are separated for screen readers", async ({ page }) => {
  await page.goto("/discussion");
  await page.getByRole("button", { name: /example/ }).click();
  await expect(page.getByRole("article", { name: "Comment 1" }).getByRole("heading")).toHaveAccessibleName(
    /^\S+ comment 1, line 1$/,
  );
  await open(page);
  await expect(verdict(page)).toHaveAccessibleName(/^(Negative|Positive) \d/);
});

test("a link preview has absolute URLs", async ({ page, url, request }) => {
  await page.goto("/");
  const picture = await page.locator('meta[property="og:image"]').getAttribute("content");
  expect(picture).toBe(`${url}/preview.png`);
  for (const address of [picture ?? "", `${url}/apple-touch-icon.png`]) {
    const response = await request.get(address);
    expect([response.status(), response.headers()["content-type"]]).toEqual([200, "image/png"]);
  }
});
