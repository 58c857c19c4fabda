import { defineConfig } from "@playwright/test";

import { findChromium } from "./e2e/support/chromium.ts";

const { executablePath, args, env } = await findChromium();

// The gate runs what has no such tag; `npm run e2e:all`, for a release, runs all.
const all = process.env["VALENCE_E2E"] === "all";

export default defineConfig({
  grepInvert: all ? [] : [/@full/],
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2, // each with a server and a browser of its own; half of the time they wait
  timeout: 90_000, // a busy machine is no failure
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: "list",
  use: {
    launchOptions: { executablePath, args, env },
    viewport: { width: 1200, height: 800 },
    screenshot: "only-on-failure",
    permissions: ["clipboard-read", "clipboard-write"],
  },
});
