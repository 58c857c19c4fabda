import {
  answer,
  expect,
  expectNoAxeViolations,
  field,
  FULL,
  test,
  textAt,
  unsureText,
  verdict,
} from "./support/test.ts";

/** The gate runs axe in one scheme; src/lib/contrast.test.ts checks the colours of both. */
const tagFor = (colorScheme: string) => (colorScheme === "dark" ? FULL : []);
const SENTENCE = "It is wonderful but dull, and I loved it.";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("has no axe violations in any state", { tag: tagFor(colorScheme) }, async ({ page, url }) => {
      await page.goto("/");
      await expect(page.getByText("not sure", { exact: true })).toBeVisible();
      await expectNoAxeViolations(page);
      for (const text of [SENTENCE, await unsureText(url)]) {
        await field(page).fill(text);
        await expect(verdict(page)).toBeVisible();
        await expect(answer(page)).toHaveAttribute("aria-busy", "false"); // an answer that is being replaced is pale
        await page.getByRole("region", { name: "Answer" }).getByRole("listitem").first().hover();
        await expectNoAxeViolations(page);
      }
    });

    test("the model page has no axe violations", { tag: tagFor(colorScheme) }, async ({ page }) => {
      await page.goto("/model");
      await expect(page.getByRole("heading", { level: 2, name: "Model card" })).toBeVisible();
      await expectNoAxeViolations(page);
    });

    test.describe("at an unknown address", () => {
      test.use({ callsFail: true }); // the document itself is a 404

      test("an unknown address has no axe violations", { tag: tagFor(colorScheme) }, async ({ page }) => {
        await page.goto("/nowhere");
        await expectNoAxeViolations(page);
      });
    });

    test("the page has these colours from the first paint", async ({ page }) => {
      await page.goto("/", { waitUntil: "commit" });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      // Frames wait for the style sheet, so the first one shows what is painted first.
      const background = await page.evaluate(
        () =>
          new Promise<string>((resolve) =>
            requestAnimationFrame(() => resolve(getComputedStyle(document.documentElement).backgroundColor)),
          ),
      );
      expect(background).toBe(colorScheme === "light" ? "rgb(250, 249, 246)" : "rgb(19, 21, 25)");
    });
  });
}

test("remembers the colour scheme", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("radio", { name: "Dark" }).check();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
});

test("works by keyboard alone", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Teach it your own labels" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(verdict(page)).toContainText("Positive");
  await expect(async () => {
    await page.keyboard.press("Shift+Tab");
    await expect(field(page)).toBeFocused({ timeout: 100 });
  }).toPass();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("dull and boring");
  await expect(verdict(page)).toContainText("Negative");
});

test("announces the answer once, when it has settled", async ({ page }) => {
  await page.goto("/");
  const status = page.getByRole("status").filter({ hasText: /./ });
  await field(page).pressSequentially("wonderful", { delay: 60 });
  await expect(status).toHaveCount(0);
  await expect(status).toHaveText(/^Positive, .*Strongest: wonderful, for positive\.$/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  for (const path of ["/", textAt(`${SENTENCE} ${"unbreakable".repeat(12)}`), "/model"]) {
    test(`${path.slice(0, 12)} fits`, { tag: path === "/" ? [] : FULL }, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBe(0);
      await expectNoAxeViolations(page);
    });
  }

  test("choosing an example doesn't open the keyboard", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("button", { name: /^Praise/ }).tap();
    await expect(verdict(page)).toBeVisible();
    await expect(field(page)).not.toBeFocused();
  });
});
