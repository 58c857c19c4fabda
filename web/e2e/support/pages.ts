/** Every page that sends requests: how to trigger one, and how to see its response. */
import { expect, type Page } from "@playwright/test";

import { field, verdict } from "./test.ts";

export interface PageUnderTest {
  name: string;
  path: string;
  link: string;
  /** The request that the page needs. */
  calls: string;
  /** Triggers the request. */
  ask: (page: Page, text: string) => Promise<void>;
  answered: (page: Page) => Promise<void>;
}

export const fileOf = (name: string, content: string | Buffer) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(content),
});

/** Waits until the scripts and styles of all pages have loaded, shortly after the first page. */
export async function allPagesLoaded(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const arrived = performance.getEntriesByType("resource").map(({ name }) => name);
    const links = [
      ...document.querySelectorAll<HTMLLinkElement>("link[rel=modulepreload], link[rel=stylesheet]"),
    ];
    const pages = ["file", "discussion", "model", "developers", "queue", "train", "perspective"];
    return (
      pages.every((feature) =>
        arrived.some((name) => name.includes(`/assets/${feature}-page`) && name.endsWith(".js")),
      ) && links.every(({ href }) => arrived.includes(href))
    );
  });
}

const nothing = () => Promise.resolve();

export const PAGES: readonly PageUnderTest[] = [
  {
    name: "one text",
    path: "/",
    link: "Try",
    calls: "**/api/v1/predict",
    ask: (page, text) => field(page).fill(text),
    answered: (page) => expect(verdict(page)).toBeVisible(),
  },
  {
    name: "a file",
    path: "/many",
    link: "Files",
    calls: "**/api/v1/predict",
    ask: async (page, text) => {
      await page
        .getByLabel("File with texts")
        .setInputFiles(fileOf("two.txt", `${text.replaceAll("\n", " ")}\nDull.`));
      await page.getByRole("button", { name: /^Score 2 rows/ }).click();
    },
    answered: (page) =>
      expect(page.getByRole("status").filter({ hasText: /^All/ })).toBeAttached({ timeout: 30_000 }),
  },
  {
    name: "a discussion",
    path: "/discussion",
    link: "Discussion",
    calls: "**/api/v1/predict",
    ask: (page, text) => page.getByRole("textbox", { name: "Your discussion" }).fill(`${text}\n\nDull.`),
    answered: (page) => expect(page.getByRole("slider", { name: "Comment" })).toBeVisible(),
  },
  {
    name: "the model",
    path: "/model",
    link: "Model",
    calls: "**/api/v1/models/*",
    ask: nothing,
    answered: (page) => expect(page.getByRole("heading", { level: 2, name: "Results" })).toBeVisible(),
  },
  {
    name: "the API page",
    path: "/developers",
    link: "API",
    calls: "**/openapi.json",
    ask: nothing,
    answered: (page) => expect(page.getByRole("navigation", { name: "Endpoints" })).toBeVisible(),
  },
];
