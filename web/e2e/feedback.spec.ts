import type { Page } from "playwright-core";

import { answer, expect, expectNoAxeViolations, field, FULL, test, textAt, verdict } from "./support/test.ts";

const PRAISE = "A wonderful, moving and brilliant film.";
const FEEDBACK = "**/api/v1/feedback";
const POLICY = "**/api/v1/feedback/policy";

const group = (page: Page) => page.getByRole("group", { name: "Feedback" });
const press = (page: Page, name: string) => group(page).getByRole("button", { name, exact: true }).click();
const thanks = (page: Page) => group(page).getByText(/^Saved/);

test("stores a yes, a no with the correct label, and a correction as one entry", async ({ page }) => {
  const statuses: number[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith("/api/v1/feedback")) statuses.push(response.status());
  });
  await page.goto(textAt(`${PRAISE} <script>alert(1)</script> ${Date.now()}`));
  await press(page, "Yes");
  await expect(thanks(page)).toContainText("Your text was not stored");
  await press(page, "Change");
  await press(page, "No");
  await press(page, "negative");
  await expect(thanks(page)).toBeVisible();
  expect(statuses).toEqual([201, 200]);
});

test("asks for the text only if the server stores it, and sends it only with consent", async ({ page }) => {
  await page.goto(textAt(PRAISE));
  await expect(group(page)).toContainText("never the text");
  await page.route(POLICY, (route) => route.fulfill({ json: { texts_kept: true } }));
  await page.reload();
  const consent = group(page).getByRole("checkbox", { name: /Send the text too/ });
  await expect(consent).not.toBeChecked();
  await consent.check();
  const sent = page.waitForRequest(FEEDBACK);
  await press(page, "Yes");
  expect((await sent).postDataJSON()).toMatchObject({ text: PRAISE, consent: true, correct: true });
});

test("works by keyboard alone", async ({ page }) => {
  await page.goto(textAt(PRAISE));
  await expect(verdict(page)).toBeVisible();
  await group(page).getByRole("button", { name: "No", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(group(page).getByText("Which label is correct?")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(group(page).getByRole("button", { name: "negative" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(thanks(page)).toBeFocused();
});

test("is disabled while the text changes", async ({ page }) => {
  await page.goto(textAt(PRAISE));
  await press(page, "Yes");
  await expect(thanks(page)).toBeVisible();
  await field(page).fill("A dull, boring and awful film.");
  await expect(verdict(page)).toContainText("Negative");
  await expect(group(page).getByText("Is this correct?")).toBeVisible();
});

test.describe("when sending fails", () => {
  test.use({ callsFail: true });

  for (const [name, status] of [
    ["an overloaded server", 503],
    ["too many calls", 429],
  ] as const) {
    test(`${name}: retries automatically with the same id`, async ({ page }) => {
      const ids: string[] = [];
      await page.route(FEEDBACK, async (route) => {
        ids.push((route.request().postDataJSON() as { id: string }).id);
        if (ids.length > 1) return route.fallback();
        return route.fulfill({ status, headers: { "Retry-After": "1" }, body: "" });
      });
      await page.goto(textAt(PRAISE));
      await press(page, "Yes");
      await expect(thanks(page)).toBeVisible();
      expect(ids).toHaveLength(2);
      expect(ids[0]).toBe(ids[1]);
    });
  }

  test("a changed model: says what to do, without axe violations", { tag: FULL }, async ({ page }) => {
    await page.route(FEEDBACK, (route) => {
      const asked = route.request().postDataJSON() as { model: object };
      return route.continue({ postData: { ...asked, model: { ...asked.model, head: "000000000000" } } });
    });
    await page.goto(textAt(PRAISE));
    await press(page, "Yes");
    await expect(group(page).getByRole("alert")).toContainText("Score the text again");
    await expectNoAxeViolations(page);
  });

  test("offline: says so, and can be sent again", { tag: FULL }, async ({ page, context }) => {
    await page.goto(textAt(PRAISE));
    await expect(verdict(page)).toBeVisible();
    await context.setOffline(true);
    await press(page, "Yes");
    const alert = group(page).getByRole("alert");
    await expect(alert).toContainText("Not saved");
    await context.setOffline(false);
    await alert.getByRole("button", { name: "Try again" }).click();
    await expect(thanks(page)).toBeVisible();
    await expect(alert).toBeHidden();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`on a phone in ${colorScheme} colours`, { tag: colorScheme === "dark" ? FULL : [] }, () => {
    test.use({ colorScheme, viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

    test("every step fits, without axe violations", async ({ page }) => {
      await page.route(POLICY, (route) => route.fulfill({ json: { texts_kept: true } }));
      await page.goto(textAt(PRAISE));
      for (const name of ["No", "negative"]) {
        await expectNoAxeViolations(page);
        await group(page).getByRole("button", { name, exact: true }).tap();
      }
      await expect(thanks(page)).toBeVisible();
      await expectNoAxeViolations(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      await expect(answer(page)).toBeVisible();
    });
  });
}
