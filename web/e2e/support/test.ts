/** Playwright's test with the real server. Every test fails on console errors, including policy violations. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";

import { startServer, type Server } from "./server.ts";

interface Options {
  /** Whether requests fail on purpose in this test, which browsers report in the console. */
  callsFail: boolean;
}

interface Fixtures {
  consoleErrors: string[];
}

interface WorkerFixtures {
  server: Server;
  url: string;
}

export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  callsFail: [false, { option: true }],
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures that are needed from the pattern
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  url: [async ({ server }, use) => use(server.url), { scope: "worker" }],
  baseURL: async ({ url }, use) => use(url),
  consoleErrors: [
    async ({ page, callsFail }, use) => {
      const consoleErrors: string[] = [];
      page.on("pageerror", (error) => consoleErrors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") consoleErrors.push(message.text());
      });
      await use(consoleErrors);
      const unexpected = consoleErrors.filter(
        (text) => !(callsFail && text.startsWith("Failed to load resource")),
      );
      expect(unexpected, "errors and warnings in the console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The tag of tests that only `npm run e2e:all` runs, because the gate has a similar test. */
export const FULL = "@full";

export const textAt = (text: string): string => `/#${new URLSearchParams({ text })}`;

export const field = (page: Page) => page.getByRole("textbox", { name: "Your text" });
export const answer = (page: Page) => page.getByRole("region", { name: "Answer" });
export const verdict = (page: Page) => answer(page).getByRole("heading", { level: 2 });

export async function expectNoAxeViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const violated = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(violated).toEqual([]);
}

const GOOD = ["wonderful", "moving", "brilliant", "good", "funny", "charming"];
const BAD = ["dull", "boring", "awful", "bad", "tedious", "clumsy"];

/** A text for which the served model, whichever it is, is not sure. */
export async function unsureText(url: string): Promise<string> {
  const texts = GOOD.flatMap((good) =>
    BAD.flatMap((bad) => [
      `It is ${good} but ${bad}.`,
      `It is ${bad} but ${good}.`,
      `${good}, ${bad}, the film is it`,
    ]),
  );
  const response = await fetch(`${url}/api/v1/predict`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ texts }),
  });
  const { results } = (await response.json()) as { results: { sure: boolean }[] };
  const text = texts[results.findIndex(({ sure }) => !sure)];
  if (text === undefined) throw new Error(`The model is sure of all ${texts.length} mixed texts.`);
  return text;
}
