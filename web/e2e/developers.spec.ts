import { expect, expectNoAxeViolations, FULL, test } from "./support/test.ts";

const predict = "Score texts";

test("an operation can be found and tried on the real server", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "API" }).click();
  await page.getByRole("navigation", { name: "Endpoints" }).getByRole("link", { name: predict }).click();
  const call = page.getByRole("region", { name: predict });
  await expect(call).toBeInViewport();
  await call.getByRole("button", { name: "Try it here" }).click();
  await call.getByRole("button", { name: "Send" }).click();
  await expect(call.getByRole("group", { name: "Response", exact: true })).toContainText(
    '"label": "positive"',
  );
  await expect(call.getByRole("status")).toContainText("200 OK");
  await expect(call.getByRole("status")).toContainText("X-Request-ID");
});

test("the full reference is one click away", { tag: FULL }, async ({ page }) => {
  await page.goto("/developers");
  await page.getByRole("link", { name: "full reference" }).click();
  await expect(page).toHaveURL(/\/docs$/);
});

test.describe("an error response", () => {
  test.use({ callsFail: true });

  test("is shown as it is", async ({ page }) => {
    await page.goto("/developers");
    const call = page.getByRole("region", { name: predict });
    await call.getByRole("button", { name: "Try it here" }).focus();
    await page.keyboard.press("Enter");
    await call.getByRole("textbox", { name: "Body (JSON)" }).fill("{oops");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(call.getByRole("group", { name: "Response", exact: true })).toContainText("not-json");
  });

  test("to an invalid key can be produced by keyboard alone", async ({ page }) => {
    await page.goto("/developers");
    const key = page.getByLabel("Your API key, for requests that require one");
    while (!(await key.evaluate((field) => field === document.activeElement)))
      await page.keyboard.press("Tab");
    await page.keyboard.type("no-key-of-this-server");
    const call = page.getByRole("region", { name: predict });
    for (const name of ["Try it here", "Send"]) {
      const button = call.getByRole("button", { name });
      while (!(await button.evaluate((element) => element === document.activeElement)))
        await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    }
    await expect(call.getByRole("group", { name: "Response", exact: true })).toContainText("401");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, { tag: colorScheme === "dark" ? FULL : [] }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("has no axe violations", async ({ page }) => {
      await page.goto("/developers");
      const call = page.getByRole("region", { name: predict });
      await call.getByText(/^Responses: /).click();
      await call.getByRole("button", { name: "Try it here" }).click();
      await call.getByRole("button", { name: "Send" }).click();
      await expect(call.getByRole("group", { name: "Response", exact: true })).toBeVisible();
      await expectNoAxeViolations(page);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("the page fits", { tag: FULL }, async ({ page }) => {
    await page.goto("/developers");
    const call = page.getByRole("region", { name: predict });
    await call.getByRole("button", { name: "Try it here" }).tap();
    await expect(call.getByRole("button", { name: "Send" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });
});
