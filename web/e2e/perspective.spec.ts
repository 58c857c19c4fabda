/** The page for who leaves Perspective: a log with old scores, compared. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { contentOf } from "./support/file-page.ts";
import { expect, expectNoAxeViolations, FULL, test } from "./support/test.ts";
import { signIn, tabTo } from "./support/train-page.ts";

const WORDS = ["wonderful", "awful", "slow", "lovely", "useless", "fine", "boring", "great", "odd", "clumsy"];
const LOG = [
  "id,comment,TOXICITY",
  ...WORDS.flatMap((word, i) =>
    WORDS.slice(0, 4).map(
      (other, j) => `${i}${j},"A ${word} and ${other} reply.",0.${(i * 37 + j * 53) % 100}`,
    ),
  ),
  "x,,0.9",
  "y,No score at all.,",
].join("\n");
const COMMAND = join(import.meta.dirname, "../../.venv/bin/valence");

interface Figures {
  texts: number;
  left_out: number;
  at_same_share: { new_threshold: number; both: number; only_old: number; only_new: number; neither: number };
}

/** What the command says of the same log. */
function commandFigures(): { figures: Figures; changed: string } {
  const folder = mkdtempSync(join(tmpdir(), "valence-e2e-"));
  const [log, figures, changed] = ["old.csv", "figures.json", "changed.csv"].map((name) =>
    join(folder, name),
  );
  writeFileSync(log ?? "", LOG);
  execFileSync(COMMAND, ["perspective", "compare", log, "--json", figures, "--out", changed] as string[]);
  return {
    figures: JSON.parse(readFileSync(figures ?? "", "utf8")) as Figures,
    changed: readFileSync(changed ?? "", "utf8"),
  };
}

const open = (page: Page) =>
  page
    .getByLabel("File with texts")
    .setInputFiles({ name: "old.csv", mimeType: "text/csv", buffer: Buffer.from(LOG) });
const heading = (page: Page) => page.getByRole("heading", { name: /^Flag from/ });

test("has the command’s figures, and keeps them over a reload", async ({ page }) => {
  await page.goto("/developers");
  await page.getByRole("link", { name: "Compare your old scores" }).click();
  await open(page);
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: /^Compare \d+ comments/ }).click();
  const { figures, changed } = commandFigures();
  const same = figures.at_same_share;
  await expect(heading(page)).toHaveText(`Flag from ${same.new_threshold} in place of 0.8`);
  const line = page.getByRole("region", { name: "Who flags what" }).getByRole("row").nth(1);
  await expect(line.getByRole("cell").nth(0)).toHaveText(`${same.both}`);
  await expect(line.getByRole("cell").nth(1)).toHaveText(`${same.only_old}`);
  await expect(line.getByRole("cell").nth(2)).toHaveText(`${same.only_new}`);
  await expect(page.getByText(`${figures.left_out} rows are left out`)).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Download \d+ change/ }).click();
  const rows = (content: string) => content.replace("\ufeff", "").trim().split(/\r?\n/).map(unpadded);
  expect(rows(await contentOf(await download))).toEqual(rows(changed));
  await expectNoAxeViolations(page);

  await expect(page.getByText(/stored only in this browser/)).toBeVisible();
  await page.reload();
  await expect(heading(page)).toHaveText(`Flag from ${same.new_threshold} in place of 0.8`);
});

/** Python writes 0.0 where JavaScript writes 0. */
const unpadded = (line: string): string => line.replace(/(\d)\.0(?=,|$)/g, "$1");

test.describe("on a dark phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" });

  test("works by keyboard, and nothing is wider than the screen", async ({ page }) => {
    await page.goto("/perspective");
    await tabTo(page, page.getByRole("button", { name: /Try an example/ }));
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("button", { name: "Compare 20 comments" }));
    await page.keyboard.press("Enter");
    await expect(heading(page)).toBeVisible();
    await tabTo(page, page.getByLabel("Flagged from"));
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("0.5");
    await expect(heading(page)).toHaveText(/in place of 0.5$/);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    await expectNoAxeViolations(page);
  });
});

test.describe("in forced colours", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("the caution is marked", { tag: FULL }, async ({ page }) => {
    await page.goto("/perspective");
    await page.getByRole("button", { name: /Try an example/ }).click();
    await page.getByRole("button", { name: "Compare 20 comments" }).click();
    await expect(heading(page)).toBeVisible();
    await expectNoAxeViolations(page);
  });
});

test("who is signed in chooses what answers an attribute, by keyboard, and tries it", async ({
  page,
  server,
}) => {
  await page.goto("/perspective");
  await expect(page.getByRole("link", { name: "sign in" })).toBeVisible();
  await signIn(page, server.createKey("classifiers"));
  await page.goto("/perspective");
  const insult = page.getByLabel("INSULT");
  await expect(insult).toHaveValue("-1");
  await tabTo(page, insult);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("listitem").filter({ hasText: "INSULT" })).toContainText("Saved");
  await expect(insult).toBeFocused();
  await page.getByLabel("Try a comment").fill("Useless.");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "Answer in Perspective’s form" })).toContainText(
    /"attributeScores": \{\s*"INSULT"/,
  );
  await expectNoAxeViolations(page);
  await page.reload();
  await expect(insult).not.toHaveValue("-1");
  await insult.selectOption("nothing");
  await expect(insult).toHaveValue("-1");
});
