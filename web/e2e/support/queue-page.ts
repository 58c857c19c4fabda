/** The page on which moderators decide. */
import type { Page } from "@playwright/test";

import { expect } from "./test.ts";
import { isHostile, TEXTS } from "./train-page.ts";

export const SCOPES = ["moderate", "items", "classifiers"] as const;

/**
 * A table of comments, as a forum exports it. Comments answer the one before, and `copies` of them have the same text.
 * `kind` begins their IDs.
 */
export function commentsCsv(count: number, copies = 3, kind = "c"): string {
  const text = (n: number) =>
    n < copies ? "Buy cheap watches, click here!" : `${n}. ${TEXTS[(n + kind.length - 1) % TEXTS.length]}`;
  const rows = Array.from({ length: count }, (_, n) =>
    [
      `${kind}-${n}`,
      n % 4 === 0 ? "" : `${kind}-${n - 1}`,
      `user${n % 9}`,
      `${kind}-thread-${Math.floor(n / 4)}`,
      `"${text(n)}"`,
    ].join(","),
  );
  return ["id,parent_id,author,thread,text", ...rows].join("\n");
}

async function call(url: string, key: string, method: string, path: string, body: string, type: string) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": type },
    body,
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** Calls the API with a JSON body. */
export const callApi = (url: string, key: string, method: string, path: string, body: unknown) =>
  call(url, key, method, path, JSON.stringify(body), "application/json");

/** Creates a classifier with two labels whose queue learns; without a version, a person sees everything. */
export async function createCommunity(url: string, key: string, name: string): Promise<void> {
  await callApi(url, key, "POST", "/classifiers", { name, labels: ["removed", "kept"] });
  await callApi(url, key, "PATCH", `/queue/rules?classifier=${name}`, { learn: true });
}

export const sendComments = (url: string, key: string, name: string, csv: string) =>
  call(url, key, "POST", `/items/file?classifier=${name}`, csv, "text/csv");

export async function openQueue(page: Page, key: string, name: string, waiting: number): Promise<void> {
  await page.goto(`/queue#classifier=${name}`);
  await page.getByLabel(/paste an API key/).fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(`${waiting} waiting`)).toBeVisible();
}

/** Searches, and waits for the list of what was found: until then the comments of the list before are shown. */
export async function search(page: Page, words: string, found: number): Promise<void> {
  await page.getByLabel("Search comments").fill(words);
  const list = page.getByRole("grid", { name: "Comments to decide" });
  await expect(list).toHaveAttribute("aria-rowcount", `${found + 1}`);
}

export const comment = (page: Page) => page.getByRole("article", { name: "Comment to decide" });
export const commentText = (page: Page) => comment(page).getByRole("blockquote");

/** Decides `count` comments by keys, as their texts deserve: R removes, A approves. Their texts. */
export async function decideByKeys(page: Page, count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const text = (await commentText(page).textContent()) ?? "";
    texts.push(text);
    await page.keyboard.press(isHostile(text.replace(/^\d+\. /, "")) ? "r" : "a");
    await expect(commentText(page)).not.toHaveText(text);
  }
  await expect(page.getByText(/^Saving/)).toHaveCount(0);
  return texts;
}

async function ask(url: string, key: string, path: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/queue/${path}`, {
    headers: { Authorization: `Bearer ${key}` },
  });
  return response.json();
}

/** The server's own counters. */
export const counters = async (url: string, key: string, name: string) =>
  (await ask(url, key, `summary?classifier=${name}`)) as { waiting: number; scoring: number };

/** The community's stored wish. */
export const wishOf = async (url: string, key: string, name: string) =>
  ((await ask(url, key, `wish?classifier=${name}`)) as { wish: { kind: string } | null }).wish;
