import type { Page } from "@playwright/test";

import { expect, expectNoAxeViolations, FULL, test } from "./support/test.ts";

const field = (page: Page) => page.getByRole("textbox", { name: "Your discussion" });
const slider = (page: Page) => page.getByRole("slider", { name: "Comment" });

const THREAD = [
  ...Array.from({ length: 5 }, (_, i) => `Ann: A wonderful, moving and brilliant film, part ${i}.`),
  ...Array.from(
    { length: 5 },
    (_, i) => `Ben: > A wonderful film\nA dull, boring and awful film, part ${i}.`,
  ),
].join("\n");

test("a pasted discussion shows its turning point", async ({ page }) => {
  await page.goto("/discussion");
  await field(page).fill(THREAD);
  await expect(page.getByText("10 comments, 2 people, 5 quotes ignored")).toBeVisible();
  await expect(page.getByText(/^Turning point: comment 6, by Ben/).first()).toBeVisible();
  await expect(slider(page)).toHaveAttribute("aria-valuetext", /^Comment 1, by Ann: 9\d.* positive$/);

  const box = await slider(page).boundingBox();
  if (!box) throw new Error("The timeline has no place on the page.");
  await slider(page).click({ position: { x: box.width - 8, y: 100 } });
  const card = page.getByRole("article", { name: "Comment 10" });
  await expect(card).toContainText(/A dull, boring and awful film, part 4\..*negative/);
  await card.getByRole("link", { name: "See which words matter" }).click();
  await expect(page.getByRole("textbox", { name: "Your text" })).toHaveValue(/A dull, boring/);
  await page.goBack();
  await expect(field(page)).toHaveValue(THREAD);
  await expect(card).toBeVisible();
  await expect(page.getByText(/is stored only in this browser/)).toBeVisible();
  await page.reload();
  await expect(field(page)).toHaveValue(THREAD);
  await expect(card).toContainText(/negative/);
});

test("quotes count as the author’s words only if the switch says so", async ({ page }) => {
  const clean = page.getByRole("checkbox", { name: "Leave out quotes and code" });
  const card = page.getByRole("article", { name: "Comment 1" });
  await page.goto("/discussion");
  await field(page).fill(
    "Ben: > A wonderful film\nDull and awful.\nAnn: A wonderful, moving and brilliant film.",
  );
  await expect(page.getByText("2 comments, 2 people, 1 quote ignored")).toBeVisible();
  await expect(clean).toBeChecked();
  await expect(card).toContainText(/negative/);
  const own = await card.getByRole("link", { name: "See which words matter" }).getAttribute("href");
  expect(decodeURIComponent(own ?? "")).not.toContain("wonderful");

  await clean.press("Space");
  await expect(page.getByText("2 comments, 2 people", { exact: true })).toBeVisible();
  const whole = card.getByRole("link", { name: "See which words matter" });
  await expect(whole).toHaveAttribute("href", /wonderful/);
  await page.reload();
  await expect(clean).not.toBeChecked();
});

test("works by keyboard alone", async ({ page }) => {
  await page.goto("/discussion");
  const example = page.getByRole("button", { name: "Try an example" });
  await expect(example).toBeEnabled();
  await example.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("16 comments, 7 people", { exact: false })).toBeVisible();
  await slider(page).focus();
  await page.keyboard.press("End");
  await expect(slider(page)).toHaveAttribute("aria-valuetext", /^Comment 16, by Farah: /);
  await page.getByRole("grid", { name: "Comments" }).evaluate((table) => table.scrollIntoView());
  await expect(page.getByRole("row", { name: /^16 / })).toBeInViewport();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("article", { name: "Comment 15" })).toContainText("a disgrace");
});

test("treats markup as text, and handles a thousand comments", { tag: FULL }, async ({ page }) => {
  const comments = Array.from(
    { length: 1000 },
    (_, i) => `<img src=x onerror="document.title='taken'"> fine ${i}`,
  );
  await page.goto("/discussion");
  await field(page).fill(comments.join("\n"));
  await expect(page.getByText("1,000 comments").first()).toBeVisible();
  await expect(page.getByText(/^(Turning point|No clear turning)/).first()).toBeVisible({ timeout: 60_000 });
  await expect(page).toHaveTitle("Discussion · Valence");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, { tag: colorScheme === "dark" ? FULL : [] }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("has no axe violations in any state", async ({ page }) => {
      await page.goto("/discussion");
      await expect(field(page)).toBeVisible();
      await expectNoAxeViolations(page);
      await page.getByRole("button", { name: "Try an example" }).click();
      await expect(page.getByText(/^Turning point: comment/).first()).toBeVisible();
      await slider(page).focus();
      await page.keyboard.press("PageUp");
      await expectNoAxeViolations(page);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("it fits, and a tap on the timeline opens a comment", { tag: FULL }, async ({ page }) => {
    await page.goto("/discussion");
    await field(page).fill(`${THREAD}\n${"unbreakable".repeat(30)}`);
    await expect(page.getByText(/^Turning point: comment 6/).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await slider(page).tap({ position: { x: 10, y: 100 } });
    await expect(page.getByRole("article", { name: "Comment 1" })).toBeVisible();
    await expectNoAxeViolations(page);
  });
});
