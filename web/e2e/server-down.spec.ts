import { allPagesLoaded } from "./support/pages.ts";
import { freePort, startServer } from "./support/server.ts";
import { expect, field, test, verdict } from "./support/test.ts";

test.use({ callsFail: true });

test("says that the server is down, keeps the text, and recovers automatically", async ({ page }) => {
  const port = await freePort();
  const first = await startServer(port);
  await page.goto(first.url);
  await field(page).fill("wonderful");
  await expect(verdict(page)).toContainText("Positive");

  await first.stop();
  await field(page).fill("dull and boring");
  await expect(page.getByRole("alert")).toContainText("The server doesn’t answer");
  await expect(page.getByRole("alert")).toContainText("automatically");

  const second = await startServer(port);
  try {
    await expect(verdict(page)).toContainText("Negative");
    await expect(page.getByRole("alert")).toBeHidden();
    await expect(field(page)).toHaveValue("dull and boring");
  } finally {
    await second.stop();
  }
});

test("every page opens while the server is down", async ({ page }) => {
  const server = await startServer();
  await page.goto(server.url);
  await allPagesLoaded(page);
  await server.stop();
  await page.getByRole("link", { name: "Files" }).click();
  await expect(page.getByText("Drop a file here")).toBeVisible();
  await page.getByRole("link", { name: "Discussion" }).click();
  await expect(page.getByRole("textbox", { name: "Your discussion" })).toBeVisible();
});

test("a newer build on the server is reported", async ({ page, url }) => {
  await page.route(/assets\/file-page/, (route) => route.fulfill({ status: 404 }));
  await page.goto(url);
  await expect(field(page)).toBeVisible();
  await page.route(`${url}/`, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: '<script type="module" src="/assets/index-newer.js"></script>',
    }),
  );
  await page.getByRole("link", { name: "Files" }).click();
  await expect(page.getByRole("alert")).toContainText("A newer version is available");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByText("Drop a file here")).toBeVisible();
});
