/**
 * Draws public/apple-touch-icon.png and public/preview.png from the favicon. Run `npm run icons` after a change of the
 * favicon or the sentence.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { findChromium } from "../e2e/support/chromium.ts";

const PUBLIC = join(import.meta.dirname, "../public");
const FONTS = join(import.meta.dirname, "../node_modules/@fontsource-variable");

const logo = readFileSync(join(PUBLIC, "favicon.svg"), "utf8");
const font = (file: string) => readFileSync(join(FONTS, file)).toString("base64");
const face = (family: string, file: string) =>
  `@font-face { font-family: ${family}; font-weight: 100 900; src: url(data:font/woff2;base64,${font(file)}) }`;

const TOUCH_ICON = `<style>body { margin: 0; display: grid; place-items: center; height: 180px; background: #faf9f6 }
svg { width: 124px }</style>${logo}`;

const PREVIEW = `<style>
${face("serif-of-page", "newsreader/files/newsreader-latin-wght-normal.woff2")}
${face("sans-of-page", "instrument-sans/files/instrument-sans-latin-wght-normal.woff2")}
body { margin: 0; padding: 80px 90px; background: #faf9f6; color: #1d1f24; font: 500 76px/1.1 serif-of-page }
header { display: flex; align-items: center; gap: 20px; font-size: 56px } svg { width: 72px }
p { margin: 62px 0 0; text-decoration-skip-ink: none } u { text-decoration: underline solid #3f8fdc 8px; text-underline-offset: 14px }
i { font-style: normal; text-decoration: underline wavy #e0752a 5px; text-underline-offset: 14px }
small { display: block; margin-top: 58px; color: #5a5d66; font: 400 32px/1.4 sans-of-page }
</style><header>${logo}Valence</header>
<p>The songs are <u>lovely</u>,<br>but the story <i>drags</i> on.</p>
<small>Your own text classifier: type a sentence, see which words decide.</small>`;

const PICTURES = [
  { file: "apple-touch-icon.png", html: TOUCH_ICON, width: 180, height: 180 },
  { file: "preview.png", html: PREVIEW, width: 1200, height: 630 },
];

const { env, ...launch } = await findChromium();
const browser = await chromium.launch({ ...launch, env });
try {
  for (const { file, html, width, height } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: "light" });
    await page.setContent(html);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(PUBLIC, file) });
    await page.close();
  }
} finally {
  await browser.close();
}
