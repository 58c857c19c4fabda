import { defineConfig } from "@playwright/test";

import { findChromium } from "./e2e/support/chromium.ts";

const { executablePath, args, env } = await findChromium();

// The gate skips tests with this tag; `npm run e2e:all`, before a release, runs all.
const all = process.env["VALENCE_E2E"] === "all";

export default defineConfig({
  grepInvert: all ? [] : [/@full/],
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2, // each with its own server and browser
  timeout: 90_000, // for busy machines
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
