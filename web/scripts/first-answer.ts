/**
 * Measures the time from the last key press to the answer: production build, real server, real Chromium.
 * Writes docs/results/first-answer.json and prints it.
 */
import { chromium, type Page } from "playwright-core";

import { findChromium } from "../e2e/support/chromium.ts";
import { startServer } from "../e2e/support/server.ts";
import { figuresOf, writeResult } from "./timed-result.ts";

const TYPED_DELAY_MS = 40;
const ROUNDS = 4;
const TEXTS = [
  "A wonderful film.",
  "Dull.",
  "The cast is fine, but the story drags.",
  "I laughed, I cried, and I would see it again tomorrow.",
  "Two hours of my life gone: wooden acting, a thin plot, and an ending that made no sense at all.",
];

interface Clocked extends Window {
  clocked?: { typed: number; answered: number };
}

/** Records when the text last changed, and when its answer was painted. Runs in the page. */
function clock(): void {
  const page = window as Clocked;
  const region = document.querySelector('[role="region"][aria-label="Answer"]');
  if (!region) throw new Error("The page has no region for the answer.");
  const times = { typed: 0, answered: 0 };
  page.clocked = times;
  document.addEventListener(
    "input",
    () => {
      times.typed = performance.now();
      times.answered = 0;
    },
    { capture: true },
  );
  const look = () => {
    const settled = region.getAttribute("aria-busy") === "false" && region.querySelector("h2") !== null;
    if (settled && times.typed > 0 && times.answered === 0)
      requestAnimationFrame(() => {
        times.answered = performance.now();
      });
  };
  new MutationObserver(look).observe(region, { attributes: true, childList: true, subtree: true });
}

/** Milliseconds from the last key press to the answer. `text` must be new in this tab. */
async function clockOne(page: Page, text: string): Promise<number> {
  const field = page.getByRole("textbox", { name: "Your text" });
  await field.fill("");
  await field.pressSequentially(text, { delay: TYPED_DELAY_MS });
  const elapsed = await page.waitForFunction(
    (text) => {
      const times = (window as Clocked).clocked;
      const typed = document.querySelector("textarea")?.value === text;
      return times && typed && times.answered > times.typed ? times.answered - times.typed : false;
    },
    text,
    { timeout: 30_000 },
  );
  return Number(await elapsed.jsonValue());
}

const server = await startServer();
const { env, ...launch } = await findChromium();
const browser = await chromium.launch({ ...launch, env });
try {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await browser.newPage(); // a new tab has no cached answers
    await page.goto(server.url);
    await page.getByText("not sure", { exact: true }).waitFor();
    await page.evaluate(clock);
    for (const text of TEXTS) took.push(await clockOne(page, text));
    await page.close();
  }
  const what = "milliseconds from the last key press to the answer on the page, including the typing pause";
  const found = { what, answers: took.length, ...figuresOf(took) };
  writeResult("first-answer.json", found, browser, "npm run first-answer");
} finally {
  await browser.close();
  await server.stop();
}
