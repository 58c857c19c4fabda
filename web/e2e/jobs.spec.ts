/** A large file, scored by the server in the background. */
import type { Page } from "@playwright/test";

import { fileOf } from "./support/pages.ts";
import { startServer } from "./support/server.ts";
import { expect, expectNoAxeViolations, test } from "./support/test.ts";

const ROWS = 10_000;
const LARGE = [
  "id,text",
  ...Array.from({ length: ROWS }, (_, i) => `${i},"Fine, and so to speak, ${i}."`),
].join("\n");

const offer = (page: Page) => page.getByRole("region", { name: "This is a large file" });
const list = (page: Page) => page.getByRole("region", { name: "Files on the server" });

async function choose(page: Page) {
  await page
    .getByLabel("File with texts")
    .setInputFiles({ ...fileOf("large.csv", LARGE), mimeType: "text/csv" });
  await expect(offer(page)).toBeVisible();
  await expectNoAxeViolations(page);
}

async function submitFile(page: Page, key: string) {
  await offer(page).getByLabel("API key with the scope score-files").fill(key);
  await offer(page).getByRole("button", { name: "Score on the server" }).click();
}

test("is submitted, scored with the page closed, downloaded and deleted", async ({ page, context }) => {
  const server = await startServer(undefined, { VALENCE_JOBS: "true" });
  try {
    const key = server.createKey("score-files");
    await page.goto(`${server.url}/many`);
    await choose(page);
    await submitFile(page, key);
    await expect(list(page).getByRole("heading", { name: "large.csv" })).toBeVisible();
    await expectNoAxeViolations(page);
    await page.close();

    const later = await context.newPage(); // a new tab knows the file but needs the key
    await later.goto(`${server.url}/many`);
    await list(later).getByLabel("API key with the scope score-files").fill(key);
    await list(later).getByRole("button", { name: "Show files" }).click();
    await expect(list(later).getByRole("heading", { name: "large.csv" })).toBeVisible();
    await list(later)
      .getByRole("button", { name: /^(Cancel|Delete) large\.csv$/ })
      .click();
    await later
      .getByRole("alertdialog")
      .getByRole("button", { name: /^(Cancel scoring|Delete)$/ })
      .click();
    await expect(list(later)).toContainText("No files on the server for this key.");
  } finally {
    await server.stop();
  }
});

test.describe("a rejected file", () => {
  test.use({ callsFail: true });

  test("shows why, and can be scored on the page", async ({ page }) => {
    const server = await startServer();
    try {
      await page.goto(`${server.url}/many`);
      await choose(page);
      await submitFile(page, "");
      await expect(offer(page).getByRole("alert")).toContainText("You can still score the file here");
      await submitFile(page, server.createKey("score-files"));
      await expect(offer(page).getByRole("alert")).toContainText("This server doesn't accept files");
      await expect(offer(page).getByRole("alert")).toContainText("You can score the file here instead");
      await expect(page.getByRole("button", { name: "Score all rows" })).toBeEnabled();
    } finally {
      await server.stop();
    }
  });
});
