/** Unusual texts in every field and file name: shown unchanged and scored. */
import { PAGES, fileOf } from "./support/pages.ts";
import { expect, expectNoAxeViolations, FULL, test } from "./support/test.ts";

const MARKUP = `<script>document.title="taken"</script><img src=x onerror="document.title='taken'">`;
const TEXTS = {
  markup: MARKUP,
  "right to left": "סרט נהדר, مرحبا بالعالم, wonderful",
  emoji: "😀👩‍👩‍👧‍👦🏳️‍🌈 wonderful 🎬",
  "combined, wide and invisible signs": "Zalgo e\u0301\u0323 ｗｉｄｅ 漢字 \u200b\u202e wonderful",
};
const tagFor = (kind: string) => (kind === "markup" ? [] : FULL);
const WRITING = PAGES.filter(({ path }) => !["/model", "/developers"].includes(path));

for (const [kind, text] of Object.entries(TEXTS)) {
  for (const { name, path, ask, answered } of WRITING) {
    test(`${name}: ${kind}`, { tag: tagFor(kind) }, async ({ page }) => {
      await page.goto(path);
      await ask(page, text);
      await answered(page);
      await expect(page).toHaveTitle(/ · Valence$/);
      await expect(page.locator("main script, main img")).toHaveCount(0);
      if (path === "/many") await expect(page.getByRole("grid", { name: "Scored rows" })).toContainText(text);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    });
  }

  test(`a file's name, columns and search: ${kind}`, { tag: tagFor(kind) }, async ({ page }) => {
    const quoted = `"${text.replaceAll('"', '""')}"`;
    await page.goto("/many");
    await page
      .getByLabel("File with texts")
      .setInputFiles(
        fileOf(
          `${text.replaceAll("/", "⁄")}.csv`,
          `${quoted},by\n${quoted},Ann\nA dull and boring film,Ben\n`,
        ),
      );
    await page.getByRole("checkbox", { name: /first row/i }).check();
    await page.getByRole("radio").and(page.locator("main *")).first().check();
    await page.getByRole("button", { name: /^Score 2 rows/ }).click();
    await expect(page.getByRole("status").filter({ hasText: /^All/ })).toBeAttached();
    await expect(page.getByRole("region", { name: "Progress" })).toContainText(text.replaceAll("/", "⁄"));
    await page.getByRole("searchbox").fill(text);
    await expect(page.getByText("1 of 2 rows")).toBeVisible();
    await page.getByRole("grid", { name: "Scored rows" }).getByRole("row").nth(1).click();
    await expect(page.getByRole("dialog")).toContainText(text);
    await expect(page).toHaveTitle(/ · Valence$/);
    await expectNoAxeViolations(page);
  });

  test.describe("with an invalid key", () => {
    test.use({ callsFail: true });

    test(`the fields of the API page: ${kind}`, { tag: tagFor(kind) }, async ({ page }) => {
      await page.goto("/developers");
      const call = page.getByRole("region", { name: "Score texts" });
      await call.getByRole("button", { name: "Try it here" }).click();
      await call.getByRole("textbox", { name: "Body (JSON)" }).fill(JSON.stringify({ text }));
      await call.getByRole("button", { name: "Send" }).click();
      await expect(call.getByRole("status")).toContainText("200 OK");
      await page.getByLabel(/^Your API key/).fill(text);
      await call.getByRole("button", { name: "Send" }).click();
      if (kind === "markup") await expect(call.getByRole("status")).toContainText("401");
      else await expect(call.getByRole("alert")).toContainText("This API key is invalid");
      await expect(page).toHaveTitle(/ · Valence$/);
    });
  });
}
