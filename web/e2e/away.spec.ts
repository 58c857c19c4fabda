import { freePort, startServer } from "./support/server.ts";
import { expect, field, test, verdict } from "./support/test.ts";

test.use({ callsFail: true });

test("says that the server is away, keeps the text, and recovers by itself", async ({ page }) => {
  const port = await freePort();
  const first = await startServer(port);
  await page.goto(first.url);
  await field(page).fill("wonderful");
  await expect(verdict(page)).toContainText("Positive");

  await first.stop();
  await field(page).fill("dull and boring");
  await expect(page.getByRole("alert")).toContainText("The server doesn’t answer");
  await expect(page.getByRole("alert")).toContainText("by itself");

  const second = await startServer(port);
  try {
    await expect(verdict(page)).toContainText("Negative");
    await expect(page.getByRole("alert")).toBeHidden();
    await expect(field(page)).toHaveValue("dull and boring");
  } finally {
    await second.stop();
  }
});
