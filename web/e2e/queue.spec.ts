/** A moderator's day: comments come in, are decided by keys, teach the classifier, and are exported. */
import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import {
  commentsCsv,
  comment,
  commentText,
  createCommunity,
  decideByKeys,
  openQueue,
  search,
  SCOPES,
  sendComments,
  wishOf,
  counters,
} from "./support/queue-page.ts";
import { expect, expectNoAxeViolations, FULL, test as base } from "./support/test.ts";

const test = base.extend<object, { key: string }>({
  key: [async ({ server }, use) => use(server.createKey(...SCOPES)), { scope: "worker" }],
});

/** A fit of 200 examples, on a busy machine. */
const FITTED_LATE = { timeout: 150_000 };

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);

async function downloaded(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
  return readFileSync(await download.path(), "utf8");
}

test("comments are decided by keys, with undo, copies and a second moderator", async ({
  page,
  browser,
  url,
  key,
}) => {
  await createCommunity(url, key, "keys");
  await sendComments(url, key, "keys", commentsCsv(24));
  await openQueue(page, key, "keys", 22);
  await expectNoAxeViolations(page);

  await search(page, "watches", 1);
  await expect(page.getByText("2 copies of it wait too.")).toBeVisible();
  await comment(page).click();
  await page.keyboard.press("3");
  await page.keyboard.press("Shift+R");
  await expect(page.getByText(/^Removed: spam.*, with 2 copies/)).toBeVisible();
  await expect(page.getByText("21 waiting")).toBeVisible();
  await tab(page, "Log").click();
  await page.goBack();
  await expect(page.getByLabel("Search comments")).toHaveValue("watches");
  await button(page, "Clear the filters").click();

  const beside = await browser.newContext({ baseURL: url });
  const other = await beside.newPage();
  await openQueue(other, key, "keys", 21);
  const mine = await decideByKeys(page, 5);
  const theirs = await decideByKeys(other, 5);
  expect(mine.filter((text) => theirs.includes(text))).toEqual([]);
  await beside.close();
  expect((await counters(url, key, "keys")).waiting).toBe(11);

  const last = mine.at(-1) ?? "";
  await page.keyboard.press("z");
  await expect(commentText(page)).toHaveText(last);
  await page.keyboard.press("1");
  await page.keyboard.press("r");
  await expect(page.getByText(/^Removed: insult or harassment/)).toBeVisible();
  await tab(page, "Log").click();
  await expect(page.getByRole("list", { name: "Decisions" }).getByRole("listitem")).toHaveCount(15);
  expect((await downloaded(page, "Download CSV")).trim().split("\r\n")).toHaveLength(16);
});

test(
  "a day: 200 comments, refit, publish, scores, refit again, export",
  { tag: FULL },
  async ({ page, url, key }) => {
    test.setTimeout(400_000);
    await createCommunity(url, key, "day");
    await openQueue(page, key, "day", 0);
    await tab(page, "Bring in").click();
    await page
      .getByLabel("File with texts")
      .setInputFiles({ name: "comments.csv", mimeType: "text/csv", buffer: Buffer.from(commentsCsv(200)) });
    await expect(page.getByText("200 new comments")).toBeVisible();
    await tab(page, "Queue").click();
    await expect(page.getByText("198 waiting")).toBeVisible();
    await search(page, "watches", 1);
    await expect(page.getByText("2 copies of it wait too.")).toBeVisible();
    await comment(page).click();
    await page.keyboard.press("Shift+R");
    await button(page, "Clear the filters").click();
    await expect(page.getByText("197 waiting")).toBeVisible();
    await decideByKeys(page, 196);
    await page.keyboard.press("z");
    await decideByKeys(page, 1);
    await page.keyboard.press("r");
    await expect(page.getByText("Nothing is waiting.").first()).toBeVisible();

    await button(page, "Fit").click();
    await button(page, "Publish version 1").click(FITTED_LATE);
    await expect(page.getByText(/^0 new decisions/)).toBeVisible();

    await sendComments(url, key, "day", commentsCsv(60, 0, "later"));
    await expect.poll(async () => (await counters(url, key, "day")).scoring).toBe(0);
    await page.goto("/queue#classifier=day&state=passed");
    await page.reload();
    await expect(comment(page)).toContainText("It passed:");
    await expect(comment(page)).toContainText("Scored by version 1 of day.");
    await page.keyboard.press("r");
    await expect(page.getByText(/The classifier had said kept/)).toBeVisible();
    await button(page, "Refit").click();
    await expect(button(page, "Publish version 2")).toBeVisible(FITTED_LATE);
    await expect(page.getByText(/Of \d+ decisions, version 2 agrees with/)).toBeVisible(FITTED_LATE);
    await button(page, "Publish version 2").click();
    await expect(button(page, "Publish version 2")).toHaveCount(0);

    await tab(page, "Thresholds").click();
    await page.getByRole("radio", { name: /^at most/ }).check();
    await expect(page.getByText(/would be flagged\.$/)).toBeVisible();
    await button(page, "Apply the wish").click();
    await expect
      .poll(async () => (await wishOf(url, key, "day"))?.kind, "the wish that the server stored")
      .toBe("load");

    await tab(page, "Report").click();
    await expect(page.getByRole("region", { name: "Weekly report" }).getByRole("row").nth(1)).toContainText(
      "201",
    );
    await tab(page, "Log").click();
    const lines = (await downloaded(page, "Download JSON Lines")).trim().split("\n");
    expect(lines).toHaveLength(203); // 200 comments, one decided again after its undo, and one more
  },
);

test("a pasted discussion becomes one of the queue, with its timeline", async ({ page, url, key }) => {
  await createCommunity(url, key, "pasted");
  await openQueue(page, key, "pasted", 0);
  await page.goto("/queue#view=discussion");
  await page.reload();
  await button(page, "Try an example").click();
  await expect(page.getByText(/^Turning point: comment 8, by Farah/).first()).toBeVisible();
  await button(page, "Bring 16 comments into the queue").click();
  await expect(page.getByText("16 new comments")).toBeVisible();
  await button(page, "Open it in the queue").click();
  await expect(page.getByRole("heading", { name: "Discussion: 16 comments" })).toBeVisible();
  await button(page, "Turned here").click();
  await expect(comment(page)).toContainText(/^Farah/);
  await expectNoAxeViolations(page);
  await page.reload();
  await expect(comment(page)).toContainText(/^Farah/);
  await page.getByRole("slider", { name: "Comment" }).press("Home");
  await expect(commentText(page)).toContainText("the new library");
  await page.keyboard.press("r");
  await expect(page.getByText(/^Removed/)).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("textbox", { name: "Your discussion" })).toHaveValue(/new library/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours on a phone`, { tag: colorScheme === "dark" ? FULL : [] }, () => {
    test.use({
      colorScheme,
      viewport: { width: 360, height: 740 },
      contextOptions: { reducedMotion: "reduce" },
    });

    test("every view fits and has no axe violations", async ({ page, url, key }) => {
      const name = `phone-${colorScheme}`;
      await createCommunity(url, key, name);
      await sendComments(url, key, name, commentsCsv(8));
      await page.goto("/queue");
      await expectNoAxeViolations(page);
      await openQueue(page, key, name, 6);
      await expect(comment(page)).toBeInViewport({ ratio: 1 });
      await button(page, "Filters and order").click();
      await page.getByLabel("Order").selectOption("newest");
      await button(page, "Filters and order (1)").click();
      await page.keyboard.press("r");
      await page.keyboard.press("?");
      await expect(page.getByRole("heading", { name: "Keys" })).toBeVisible();
      for (const view of ["Queue", "Discussion", "Bring in", "Thresholds", "Log", "Report", "Settings"]) {
        await tab(page, view).click();
        await expect(page.getByRole("tabpanel").first()).toContainText(/./);
        await expectNoAxeViolations(page);
        await fits(page);
      }
    });
  });
}
