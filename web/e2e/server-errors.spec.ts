/** Every page during server errors: it shows what is wrong and recovers automatically. */
import type { Route } from "playwright-core";

import { allPagesLoaded, PAGES, fileOf } from "./support/pages.ts";
import { expect, expectNoAxeViolations, field, FULL, test, verdict } from "./support/test.ts";

const TEXT = "A wonderful film.";
const tagFor = (page: string) => (page === "one text" ? [] : FULL); // the gate runs every error on one page only

const problem = (status: number, title: string) => (route: Route) =>
  route.fulfill({
    status,
    headers: { "Retry-After": "1" },
    contentType: "application/problem+json",
    json: { type: "about:blank", title, status, detail: "Ask again in a moment.", code: "x", errors: [] },
  });

const ERRORS = [
  { name: "429", says: "Too many calls from here", refuse: problem(429, "Too many calls from here") },
  { name: "503", says: "More work than it takes", refuse: problem(503, "More work than it takes") },
  {
    name: "503 of the router before a sleeping server",
    says: "The server isn’t ready",
    refuse: (route: Route) =>
      route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Application error</h1>" }),
  },
  {
    name: "no answer",
    says: "The server doesn’t answer",
    refuse: (route: Route) => route.abort("connectionrefused"),
  },
] as const;

test.describe("the server", () => {
  test.use({ callsFail: true });

  for (const { name, path, calls, ask, answered } of PAGES) {
    for (const failure of ERRORS) {
      test(
        `${name}: shows ${failure.name} and recovers automatically`,
        { tag: tagFor(name) },
        async ({ page }) => {
          let down = true;
          await page.route(calls, (route) => (down ? failure.refuse(route) : route.fallback()));
          await page.goto(path);
          await ask(page, TEXT);
          const alert = page.getByRole("alert").filter({ hasText: failure.says });
          await expect(alert).toBeVisible();
          await expect(alert).toContainText(/automatically/);
          if (failure.name === "503") await expectNoAxeViolations(page);
          down = false;
          await answered(page);
          await expect(alert).toBeHidden();
        },
      );
    }
  }

  for (const { name, path, link, ask, answered } of PAGES.filter((page) => page.path !== "/many")) {
    test(
      `${name}: shows that it is offline and recovers automatically`,
      { tag: tagFor(name) },
      async ({ page, context }) => {
        const elsewhere = path === "/model" ? "/many" : "/model";
        await page.goto(elsewhere);
        await allPagesLoaded(page);
        await page.waitForLoadState("networkidle");
        await context.setOffline(true);
        await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: link }).click();
        await ask(page, TEXT);
        await expect(page.getByRole("alert").first()).toContainText("The server doesn’t answer");
        await context.setOffline(false);
        await answered(page);
        await expect(page.getByRole("alert")).toHaveCount(0);
      },
    );
  }
});

test.describe("a file", () => {
  test.use({ callsFail: true });

  test("is read and scored once the page is online again", async ({ page, context }) => {
    const models = page.waitForResponse("**/api/v1/models");
    await page.goto("/many");
    await (await models).finished();
    await context.setOffline(true);
    await page.getByLabel("File with texts").setInputFiles(fileOf("two.txt", `${TEXT}\nDull.`));
    const start = page.getByRole("button", { name: /^Score 2 rows/ });
    await expect(page.getByRole("alert")).toContainText("The server doesn’t answer");
    await context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(start).toBeEnabled();
    await context.setOffline(true);
    await start.click();
    await expect(page.getByRole("alert")).toContainText("It may be restarting, or you may be offline.");
    await context.setOffline(false);
    await start.click();
    await expect(page.getByRole("status").filter({ hasText: /^All/ })).toBeAttached({ timeout: 30_000 });
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
});

for (const { name, path, calls, ask, answered } of PAGES) {
  test(`${name}: shows that it waits for a server that wakes up`, { tag: tagFor(name) }, async ({ page }) => {
    let wake: () => void = () => undefined;
    const awake = new Promise<void>((resolve) => (wake = resolve));
    await page.route(calls, async (route) => {
      await awake;
      await route.fallback();
    });
    await page.goto(path);
    await ask(page, TEXT);
    await expect(page.getByRole("alert")).toContainText("The server is slow");
    wake();
    await answered(page);
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

  test(`${name}: works over a slow connection`, { tag: FULL }, async ({ page, context }) => {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 300, // milliseconds
      downloadThroughput: 60_000, // bytes per second, as on a poor mobile network
      uploadThroughput: 30_000,
    });
    await page.goto(path);
    await ask(page, TEXT);
    await answered(page);
  });
}

test("a late response doesn't replace a newer one", async ({ page }) => {
  let late: () => void = () => undefined;
  const release = new Promise<void>((resolve) => (late = resolve));
  let held = 0;
  await page.route("**/api/v1/predict", async (route) => {
    if (!(route.request().postData() ?? "").includes("dull")) return route.fallback();
    held += 1;
    await release;
    await route.fallback().catch(() => undefined); // the page has aborted it
  });
  await page.goto("/");
  await field(page).fill("dull and boring");
  await expect.poll(() => held).toBe(1);
  await field(page).fill("wonderful");
  await expect(verdict(page)).toContainText("Positive");
  late();
  await page.waitForLoadState("networkidle");
  await expect(verdict(page)).toContainText("Positive");
});
