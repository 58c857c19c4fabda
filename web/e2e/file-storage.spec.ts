import type { Page } from "@playwright/test";

import { REVIEWS, choose, rows, finished, score, contentOf } from "./support/file-page.ts";
import { expect, test } from "./support/test.ts";

/** The scores that the page has stored in the browser. */
const inStore = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<{ marks: number; scored: number } | undefined>((resolve, reject) => {
        const opening = indexedDB.open("valence");
        opening.onerror = () => reject(new Error("The store can't be opened."));
        opening.onsuccess = () => {
          const asking = opening.result.transaction("kept").objectStore("kept").get("run-scores");
          asking.onsuccess = () => {
            const kept = asking.result as
              { value: { scores: { marks: Map<number, unknown>; states: Uint8Array } } } | undefined;
            const scores = kept?.value.scores;
            opening.result.close();
            resolve(scores && { marks: scores.marks.size, scored: scores.states.filter(Boolean).length });
          };
        };
      }),
  );
const storedMarks = async (page: Page) => (await inStore(page))?.marks;
const storedRows = async (page: Page) => (await inStore(page))?.scored;

test("results with corrections survive a reload until they are removed", async ({ page }) => {
  await page.goto("/many");
  await choose(page, "reviews.csv", REVIEWS);
  await score(page);
  await finished(page);
  await rows(page).nth(1).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "No", exact: true }).click();
  await dialog.getByRole("button", { name: "positive", exact: true }).click();
  await expect(dialog).toContainText("You marked this row: wrong, should be positive.");
  await page.keyboard.press("Escape");
  await expect(rows(page).nth(1)).toContainText("→ positive");
  await expect(page.getByText(/are stored only in this browser, for 7 days/)).toBeVisible();
  await expect.poll(() => storedMarks(page)).toBe(1);

  await page.reload();
  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).nth(1)).toContainText("→ positive");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download 4 rows" }).click();
  const lines = (await contentOf(await saving)).split("\r\n");
  expect(lines[0]).toMatch(/,predicted_marked,predicted_right_label$/);
  expect(lines[2]).toMatch(/,wrong,positive$/);

  await page.getByRole("button", { name: "Remove this file" }).click(); // downloaded, so no confirmation
  await expect(page.getByText("Drop a file here")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Drop a file here")).toBeVisible();
  expect(await storedMarks(page)).toBeUndefined();
});

test("results that were not downloaded are discarded only after confirmation", async ({ page }) => {
  await page.goto("/many");
  await choose(page, "reviews.csv", REVIEWS);
  await score(page);
  await finished(page);
  const question = page.getByRole("alertdialog", { name: "Discard the results for reviews.csv?" });
  await page.getByRole("button", { name: "New file" }).click();
  await expect(question).toContainText("4 of 4 rows are scored but not downloaded");
  await question.getByRole("button", { name: "Keep results" }).click();
  await expect(question).toBeHidden();
  await expect(rows(page)).toHaveCount(4);
  await page.getByRole("button", { name: "New file" }).click();
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText("Drop a file here")).toBeVisible();
});

test("an interrupted run resumes after a reload", async ({ page }) => {
  const lines = Array.from({ length: 500 }, (_, i) => `A wonderful film, number ${i}.`);
  const sent: number[] = [];
  let held = true;
  await page.route("**/api/v1/predict", async (route) => {
    const { texts } = route.request().postDataJSON() as { texts: string[] };
    if (held && sent.length >= 1) return; // never answered: the tab reloads first
    sent.push(texts.length);
    await route.continue();
  });
  await page.goto("/many");
  await choose(page, "films.txt", lines.join("\n"));
  await score(page);
  await expect.poll(() => sent.length).toBe(1);
  await expect.poll(() => storedRows(page)).toBe(sent[0]);
  held = false;
  await page.reload();
  await finished(page);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(500);
});
