/** Somebody's own classifier: from an empty database to an answer through the API. */
import type { Page } from "@playwright/test";

import { expect, expectNoAxeViolations, test as base } from "./support/test.ts";
import {
  addDecisions,
  answerOf,
  card,
  create,
  figure,
  FITTED,
  labelCards,
  signIn,
  tabTo,
  TEXTS,
} from "./support/train-page.ts";

const test = base.extend<object, { key: string }>({
  key: [async ({ server }, use) => use(server.createKey("classifiers")), { scope: "worker" }],
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);

test("by keyboard alone, with cards, to an answer through the API", async ({ page, url, key }) => {
  test.setTimeout(150_000);
  await page.goto("/");
  await tabTo(page, page.getByRole("link", { name: "Teach it your own labels" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel(/paste an API key/));
  await page.keyboard.type(key);
  await page.keyboard.press("Enter");

  await tabTo(page, page.getByLabel("Name", { exact: true }));
  await page.keyboard.type("By keyboard");
  await tabTo(page, page.getByLabel("Label 1"));
  await page.keyboard.type("hostile");
  await tabTo(page, page.getByLabel("Label 2"));
  await page.keyboard.type("civil");
  await page.keyboard.press("Enter");

  await tabTo(page, page.getByLabel("Drop a file"));
  await page.keyboard.press("ArrowRight");
  await tabTo(page, page.getByLabel("Texts to label, one per line"));
  for (const text of TEXTS) {
    await page.keyboard.insertText(text);
    await page.keyboard.press("Enter");
  }
  await tabTo(page, button(page, `Add ${TEXTS.length} texts`));
  await page.keyboard.press("Enter");
  await expect(card(page)).toBeFocused();
  await labelCards(page, 12);
  await expect(card(page)).toContainText("12 of 20");
  await page.keyboard.press("z");
  await expect(card(page)).toContainText("11 of 20");
  await labelCards(page, 1);
  await expect(figure(page)).toBeVisible(FITTED);

  await tabTo(page, button(page, "Publish version 1"));
  await page.keyboard.press("Enter");
  await expect(page.getByText("Version 1 of by-keyboard is published.")).toBeVisible();
  expect(["hostile", "civil"]).toContain(await answerOf(url, "by-keyboard", "You are an idiot, go away."));
});

test("by file on a phone, with every screen free of violations", async ({ browser, url, key }) => {
  test.setTimeout(150_000);
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto("/train");
  await expectNoAxeViolations(page);
  await signIn(page, key);
  await expectNoAxeViolations(page);
  await create(page, "phone");
  await expectNoAxeViolations(page);
  await page.getByLabel("File with texts").setInputFiles({
    name: "two.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("text,label\nA,x\nB,y\nC,x"),
  });
  await expect(button(page, "Add 3 examples")).toBeVisible();
  await expectNoAxeViolations(page);
  await fits(page);
  await page.reload(); // nothing is lost
  await expect(button(page, "Add 3 examples")).toBeVisible();
  await button(page, "Other file").tap();
  await addDecisions(page);
  await expect(figure(page)).toBeVisible(FITTED);
  await page.getByLabel("Try a sentence").fill("You are an idiot.");
  await expect(page.getByText(/^removed (over )?[\d.]+%$/)).toBeVisible();
  await expectNoAxeViolations(page);
  await fits(page);
  await button(page, "Publish version 1").tap();
  await expect(page.getByText("Version 1 of phone is published.")).toBeVisible();
  expect(await answerOf(url, "phone", "You are an idiot.")).toBe("removed");
  for (const tab of ["Versions", /^Examples/]) {
    await page.getByRole("tab", { name: tab }).tap();
    await expect(page.getByRole("tabpanel")).toContainText(/Version 1|to learn from/);
    await expectNoAxeViolations(page);
    await fits(page);
  }
  await context.close();
});

test("signing out ends the session", async ({ page, key }) => {
  await signIn(page, key);
  await button(page, "Sign out").click();
  await expect(page.getByRole("heading", { name: "Sign in to begin" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Sign in to begin" })).toBeVisible();
});

test("a classifier is deleted with its texts", async ({ page, key }) => {
  await signIn(page, key);
  await create(page, "gone");
  await addDecisions(page);
  await page.getByRole("tab", { name: "Versions" }).click();
  await button(page, "Delete this classifier").click();
  await button(page, "Delete everything").click();
  await expect(page.getByRole("heading", { name: "New classifier" })).toBeVisible();
  await expect(button(page, "gone")).toHaveCount(0);
});
