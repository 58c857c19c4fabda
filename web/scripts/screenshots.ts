/**
 * Takes screenshots of every page and state, light and dark, desktop and phone, into screenshots/. Uses the server at
 * VALENCE_E2E_URL, or starts one. `--readme` takes only docs/images/try-it.png.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Browser, type Page } from "playwright-core";

import { findChromium } from "../e2e/support/chromium.ts";
import { withMeasured } from "../e2e/support/measured.ts";
import { startServer } from "../e2e/support/server.ts";
import { teach, TRAIN_SHOTS } from "./train-shots.ts";

const FOLDER = join(import.meta.dirname, "../screenshots");
const README_PICTURE = join(import.meta.dirname, "../../docs/images/try-it.png");
const SIZES = { desktop: { width: 1200, height: 800 }, phone: { width: 390, height: 844 } };
const THEMES = ["light", "dark"] as const;
const README_TEXT = "The plot is thin, but the acting is brilliant.";

const textAt = (text: string) => `/#${new URLSearchParams({ text })}`;

interface Shot {
  path: string;
  before?: (page: Page) => Promise<unknown>;
  /** Actions on the loaded page. */
  act?: (page: Page) => Promise<unknown>;
}

const chooseFile = (page: Page, name: string, content: string | Buffer) =>
  page
    .getByLabel("File with texts")
    .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

async function scoreExample(page: Page) {
  await page.getByRole("button", { name: /Try an example/ }).click();
  await page.getByRole("button", { name: /^Score ([\d,]+|all) row/ }).click();
  await page.getByRole("button", { name: "New file" }).waitFor();
}

const MANY_LINES = Array.from({ length: 40_000 }, (_, i) => `Comment ${i}: it was fine, I suppose.`).join(
  "\n",
);
const WITH_GAPS = `text,by\n"A lovely, quiet film.",Ann\n"",Ben\n${"too long ".repeat(2500)},Cy\nDull.\n`;

/** With much to say about it: skipped rows, missing words, labels that look alike. */
const ODD = [
  "text;label;label",
  ...Array.from({ length: 12 }, (_, i) => `A comment, number ${i};${i % 2 ? "spam" : "ham"};x`),
  "None;Spam;x",
  ";ham;x",
  "One cell too many;ham;x;y",
  '"Never closed;spam;x',
].join("\n");

const SHOTS: Record<string, Shot> = {
  ...TRAIN_SHOTS,
  empty: { path: "/" },
  positive: { path: textAt("A warm, funny and beautifully acted film that earns every one of its tears.") },
  negative: {
    path: textAt("Two hours of my life gone. Dull plot, wooden acting, and the ending made no sense."),
  },
  mixed: { path: textAt("The cast is wonderful, but the story drags and the jokes fall flat.") },
  unsure: { path: textAt("It is what it is, no more and no less.") },
  long: { path: textAt("The cast is wonderful, but the story drags. ".repeat(40)) },
  rtl: { path: textAt("פילם נהדר 🎬 wonderful אבל dull") },
  "no-answer": {
    path: textAt("A warm film."),
    before: (page) => page.route("**/predict", (route) => route.abort()),
  },
  "too-long": { path: textAt("much too long ".repeat(1600)) },
  many: { path: "/many" },
  "many-columns": {
    path: "/many",
    act: (page) => page.getByRole("button", { name: /Try an example/ }).click(),
  },
  "many-result": { path: "/many", act: scoreExample },
  "many-row": {
    path: "/many",
    act: async (page) => {
      await scoreExample(page);
      await page.getByRole("button", { name: /^Open the most/ }).click();
    },
  },
  "many-running": {
    path: "/many",
    act: async (page) => {
      await chooseFile(page, "comments.txt", MANY_LINES);
      await page.getByRole("button", { name: /^Score ([\d,]+|all) row/ }).click();
      await page.waitForTimeout(2500);
    },
  },
  "many-failures": {
    path: "/many",
    act: async (page) => {
      await chooseFile(page, "gaps.csv", WITH_GAPS);
      await page.getByRole("button", { name: /^Score ([\d,]+|all) row/ }).click();
      await page.getByRole("button", { name: "New file" }).waitFor();
    },
  },
  "many-unreadable": {
    path: "/many",
    act: (page) => chooseFile(page, "café.txt", Buffer.from([0x63, 0x61, 0x66, 0xe9])),
  },
  "many-bad-rows": { path: "/many", act: (page) => chooseFile(page, "odd.csv", ODD) },
  "many-noticed": {
    path: "/many",
    act: async (page) => {
      await chooseFile(page, "odd.csv", ODD);
      await page.getByRole("button", { name: /^Skip/ }).click();
      await page.getByText("2 bad rows left out").click();
    },
  },
  discussion: { path: "/discussion" },
  "discussion-result": {
    path: "/discussion",
    act: (page) => page.getByRole("button", { name: "Try an example" }).click(),
  },
  model: { path: "/model" },
  "model-measured": { path: "/model", before: withMeasured },
  developers: {
    path: "/developers",
    act: async (page) => {
      await page.getByRole("button", { name: "Try it here" }).first().click();
      await page.getByRole("button", { name: "Send" }).click();
    },
  },
  "not-found": { path: "/nowhere" },
};

async function open(
  browser: Browser,
  url: string,
  theme: "light" | "dark",
  size: keyof typeof SIZES,
  shot: Shot,
) {
  const page = await browser.newPage({ viewport: SIZES[size], colorScheme: theme, reducedMotion: "reduce" });
  await shot.before?.(page);
  await page.goto(url + shot.path);
  await page.waitForTimeout(1500);
  if (shot.act) {
    await shot.act(page);
    await page.waitForTimeout(1500);
  }
  return page;
}

async function takeAll(browser: Browser, url: string, only: string | undefined): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, shot] of Object.entries(SHOTS)) {
    if (only !== undefined && !name.includes(only)) continue;
    for (const theme of THEMES) {
      for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
        const page = await open(browser, url, theme, size, shot);
        await page.screenshot({ path: join(FOLDER, `${name}-${size}-${theme}.png`), fullPage: true });
        await page.close();
      }
    }
  }
}

async function takeForReadme(browser: Browser, url: string): Promise<void> {
  const page = await open(browser, url, "light", "desktop", { path: textAt(README_TEXT) });
  await page.screenshot({ path: README_PICTURE });
}

const [option] = process.argv.slice(2);
const given = process.env["VALENCE_E2E_URL"];
const server = given === undefined ? await startServer() : { url: given, stop: () => Promise.resolve() };
const { env, ...launch } = await findChromium();
const browser = await chromium.launch({ ...launch, env });
try {
  if ("createKey" in server) await teach(browser, server.url, server.createKey("classifiers"));
  if (option === "--readme") await takeForReadme(browser, server.url);
  else await takeAll(browser, server.url, option);
} finally {
  await browser.close();
  await server.stop();
}
