/** Pages without other hosts, in two tabs, and with reduced motion. */
import { PAGES } from "./support/pages.ts";
import { expect, field, FULL, test, textAt, verdict } from "./support/test.ts";

const tagFor = (page: string) => (["one text", "a file"].includes(page) ? [] : FULL);

for (const { name, path, ask, answered } of PAGES) {
  test(`${name}: sends requests only to its own server`, { tag: tagFor(name) }, async ({ page, url }) => {
    const elsewhere: string[] = [];
    const kinds = new Set<string>();
    await page.route("**/*", (route) => {
      const asked = route.request();
      if (asked.url().startsWith(`${url}/`)) {
        kinds.add(asked.resourceType());
        return route.fallback();
      }
      elsewhere.push(asked.url());
      return route.abort();
    });
    await page.goto(path);
    await ask(page, "A wonderful film.");
    await answered(page);
    await page.evaluate(() => document.fonts.ready);
    expect(elsewhere).toEqual([]);
    expect([...kinds]).toEqual(expect.arrayContaining(["document", "script", "stylesheet", "font"]));
  });

  test.describe("with reduced motion", () => {
    test.use({ contextOptions: { reducedMotion: "reduce" } });

    test(`${name}: nothing moves`, { tag: tagFor(name) }, async ({ page }) => {
      await page.goto(path);
      await ask(page, "A wonderful film.");
      await answered(page);
      const moving = await page.evaluate(() =>
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration ?? 0) > 1)
          .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 120)),
      );
      expect(moving).toEqual([]);
      const long = await page.evaluate(() =>
        [...document.querySelectorAll("*")]
          .filter((element) => parseFloat(getComputedStyle(element).transitionDuration) > 0.001)
          .map((element) => element.outerHTML.slice(0, 120)),
      );
      expect(long).toEqual([]);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)).toBe(
        "auto",
      );
    });
  });
}

test("two tabs have separate texts and answers", async ({ page, context }) => {
  const other = await context.newPage();
  await page.goto(textAt("A wonderful film."));
  await other.goto(textAt("A dull, boring film."));
  await expect(verdict(page)).toContainText("Positive");
  await expect(verdict(other)).toContainText("Negative");
  await Promise.all([field(page).fill("An awful film."), field(other).fill("A brilliant film.")]);
  await expect(verdict(page)).toContainText("Negative");
  await expect(verdict(other)).toContainText("Positive");
  await page.reload();
  await expect(field(page)).toHaveValue("An awful film.");
  await expect(field(other)).toHaveValue("A brilliant film.");
});

test("two tabs can score files at the same time", async ({ page, context }) => {
  const file = PAGES.find(({ path }) => path === "/many");
  if (!file) throw new Error("No page takes files.");
  const other = await context.newPage();
  await Promise.all([page, other].map((tab) => tab.goto(file.path)));
  await file.ask(page, "A wonderful film.");
  await file.ask(other, "An awful film.");
  await Promise.all([page, other].map((tab) => file.answered(tab)));
  await expect(page.getByRole("grid", { name: "Scored rows" })).toContainText("A wonderful film.");
  await expect(other.getByRole("grid", { name: "Scored rows" })).toContainText("An awful film.");
});
