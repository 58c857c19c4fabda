/**
 * Measures how fast the queue answers a key with 10,000 comments waiting: production build, real server, real Chromium. The
 * time is from the key press to the next comment painted; first with the list as it is loaded, then with all of it loaded.
 * Writes docs/results/queue-keys.json and prints it.
 */
import { chromium, type Page } from "playwright-core";

import { findChromium } from "../e2e/support/chromium.ts";
import { commentsCsv, counters, createCommunity, SCOPES, sendComments } from "../e2e/support/queue-page.ts";
import { startServer } from "../e2e/support/server.ts";
import { figuresOf, writeResult } from "./timed-result.ts";

const COMMENTS = 10_000;
const COMMENTS_AT_ONCE = 500;
const KEYS = 100;
const PRESSED = ["j", "r", "a"];
/** Between two keys: faster than anybody reads. */
const PAUSE_MS = 150;
const NAME = "keys";

interface Clocked extends Window {
  painted?: number[];
}

/** Records the milliseconds from each key to the next comment's first frame. Runs in the page. */
function clock(): void {
  const page = window as Clocked;
  const times: number[] = (page.painted = []);
  const shown = () => document.querySelector("article blockquote")?.textContent;
  document.addEventListener(
    "keydown",
    ({ timeStamp }) => {
      const before = shown();
      const look = new MutationObserver(() => {
        const now = shown();
        if (now === undefined || now === before) return;
        look.disconnect();
        requestAnimationFrame(() => {
          const painted = new MessageChannel(); // its message comes after the frame is painted
          painted.port1.onmessage = () => times.push(performance.now() - timeStamp);
          painted.port2.postMessage(null);
        });
      });
      look.observe(document.body, { childList: true, subtree: true, characterData: true });
    },
    { capture: true },
  );
}

async function pressKeys(page: Page): Promise<number[]> {
  await page.evaluate(() => ((window as Clocked).painted ?? []).splice(0));
  for (let i = 0; i < KEYS; i += 1) {
    await page.keyboard.press(PRESSED[i % PRESSED.length] ?? "j");
    await page.waitForFunction((count) => (window as Clocked).painted?.length === count, i + 1);
    await page.waitForTimeout(PAUSE_MS);
  }
  return page.evaluate(() => (window as Clocked).painted ?? []);
}

/** Waits until nothing is being scored, which would take the database's lock from the next part. */
async function untilScored(url: string, key: string): Promise<void> {
  for (let scoring = 1; scoring > 0;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    ({ scoring } = await counters(url, key, NAME));
  }
}

/** Scrolls until every comment is in the list. */
async function loadAll(page: Page): Promise<void> {
  const list = page.getByRole("grid", { name: "Comments to decide" });
  const count = () => list.getAttribute("aria-rowcount").then(Number);
  for (let before = 0, now = await count(); now !== before; now = await count()) {
    before = now;
    await list.evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await page.waitForFunction(
      ([before, all]) => {
        const rows = Number(document.querySelector('[role="grid"]')?.getAttribute("aria-rowcount"));
        return rows > before || rows >= all;
      },
      [before, COMMENTS - KEYS] as const,
    );
  }
}

const server = await startServer();
const { env, ...launch } = await findChromium();
const browser = await chromium.launch({ ...launch, env });
try {
  const key = server.createKey(...SCOPES);
  await createCommunity(server.url, key, NAME);
  for (let sent = 0; sent < COMMENTS; sent += COMMENTS_AT_ONCE) {
    const numbered = commentsCsv(COMMENTS_AT_ONCE, 0, `part${sent}`).replace(
      /"(\d+)\. /g, // or the parts would have the same texts, which are copies
      (_, n) => `"${sent + Number(n)}. `,
    );
    await sendComments(server.url, key, NAME, numbered);
    await untilScored(server.url, key);
  }
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(`${server.url}/queue#classifier=${NAME}`);
  await page.getByLabel(/paste an API key/).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("article", { name: "Comment to decide" }).waitFor();
  await page.evaluate(clock);
  const asLoaded = figuresOf(await pressKeys(page));
  await loadAll(page);
  await page.getByRole("group", { name: "Comments", exact: true }).focus();
  const whole = figuresOf(await pressKeys(page));
  const found = {
    what: "milliseconds from a key (next, remove, approve) to the next comment painted",
    waiting: COMMENTS,
    keys: KEYS,
    as_the_list_is_loaded: asLoaded,
    with_all_of_it_loaded: whole,
  };
  writeResult("queue-keys.json", found, browser, "npm run queue-keys");
} finally {
  await browser.close();
  await server.stop();
}
