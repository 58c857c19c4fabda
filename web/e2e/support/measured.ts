/** Serves the model with detailed results, whether it has them or not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";

const MEASURED = join(import.meta.dirname, "../../src/test/measured.json");

export async function withMeasured(page: Page): Promise<void> {
  const measured: unknown = JSON.parse(readFileSync(MEASURED, "utf8"));
  await page.route("**/api/v1/models/*", async (route) => {
    const response = await route.fetch();
    const model = (await response.json()) as object;
    await route.fulfill({ response, json: { ...model, results: [measured] } });
  });
}
