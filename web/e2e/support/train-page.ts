/** The page on which people teach their own classifier. */
import type { Locator, Page } from "@playwright/test";

import { expect } from "./test.ts";

const HOSTILE = [
  "You are an idiot.",
  "Shut up, moron.",
  "This is garbage and so are you.",
  "Nobody asked you, fool.",
  "Go away, troll.",
  "Worst answer by the worst user.",
  "You clearly didn’t read it, clown.",
  "What a stupid thing to say.",
];
const CIVIL = [
  "Thanks, that helped a lot.",
  "A fix is coming tomorrow.",
  "I agree with the second point.",
  "Could you post the log file?",
  "Welcome to the forum!",
  "See the manual, chapter three.",
  "Great write-up, thank you.",
  "Restarting it helped me.",
];

export const TEXTS = HOSTILE.flatMap((text, i) => [text, CIVIL[i] ?? ""]);
export const isHostile = (text: string): boolean => HOSTILE.includes(text);
/** The same texts as decisions in a file, each several times with another number. */
export const DECISIONS = [
  "comment,label,user",
  ...Array.from({ length: 6 }, (_, n) =>
    TEXTS.map((text) => `"${n}. ${text}",${isHostile(text) ? "removed" : "kept"},user${n}`),
  ).flat(),
].join("\n");

/** Longer than any page's number of tab stops. */
const MOST_STOPS = 80;

/** Moves the focus with the Tab key, as people without a mouse do. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(target).toBeFocused();
}

export const card = (page: Page) => page.getByRole("group", { name: "Text to label" });
const shown = (page: Page) => card(page).getByRole("blockquote");

/** Labels `count` cards by keys: 1 for hostile, 2 for civil. */
export async function labelCards(page: Page, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const text = (await shown(page).textContent()) ?? "";
    await page.keyboard.press(isHostile(text) ? "1" : "2");
    await expect(shown(page)).not.toHaveText(text);
  }
}

/** The label that the API gives a text. */
export async function answerOf(url: string, model: string, text: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/predict`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, model }),
  });
  const { results } = (await response.json()) as { results: { label: string }[] };
  return results[0]?.label ?? "";
}

export async function signIn(page: Page, key: string): Promise<void> {
  await page.goto("/train");
  await page.getByLabel(/paste an API key/).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "New classifier" })).toBeVisible();
}

export async function create(page: Page, name: string, labels: readonly string[] = []): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  for (const [i, label] of labels.entries()) await page.getByLabel(`Label ${i + 1}`).fill(label);
  await page.getByRole("button", { name: "Create classifier" }).click();
  await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
}

/** A fit takes a few seconds, more on busy machines. */
export const FITTED = { timeout: 60_000 };
export const figure = (page: Page) => page.getByRole("figure", { name: /Right answers/ });

export async function addDecisions(page: Page): Promise<void> {
  await page.getByLabel("File with texts").setInputFiles({
    name: "decisions.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(DECISIONS),
  });
  await page.getByRole("button", { name: /^Add \d+ examples/ }).click();
  await expect(page.getByText(/examples added/)).toBeVisible();
}
