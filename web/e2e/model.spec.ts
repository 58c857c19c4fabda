import { withMeasured } from "./support/measured.ts";
import { expect, expectNoBarriers, REST, test } from "./support/test.ts";

test("says what the served model is", async ({ page, url }) => {
  const list = (await (await fetch(`${url}/api/v1/models`)).json()) as {
    models: { name: string; base: string }[];
  };
  const [model] = list.models;
  if (!model) throw new Error("The server has no model.");
  await page.goto("/model");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(model.name);
  await expect(page).toHaveTitle(`The model ${model.name} · Valence`);
  await expect(page.getByRole("definition").first()).toHaveText(model.base);
  for (const name of ["Results", "Where it errs", "Known limits", "Model card", "How it was made"])
    await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
});

test("is reached from an answer", { tag: REST }, async ({ page }) => {
  await page.goto("/#text=wonderful");
  await page.getByRole("region", { name: "Answer" }).getByRole("link").click();
  await expect(page).toHaveURL(/\/model\?name=/);
  await expect(page.getByRole("heading", { level: 2, name: "Results" })).toBeVisible();
});

test.describe("an unknown model", () => {
  test.use({ callsFail: true });

  test("is named, with the ones that there are", async ({ page }) => {
    await page.goto("/model?name=nope");
    await expect(page.getByRole("alert")).toContainText("nope");
  });
});

test("shows where to draw the line, by keyboard", async ({ page }) => {
  await withMeasured(page);
  await page.goto("/model");
  const slider = page.getByRole("slider", { name: /Called positive from/ });
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(page.getByText("Of 872 texts called positive, 444 are (50.9%).")).toBeVisible();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("PageUp");
  await expect(slider).toHaveAccessibleName("Called positive from 30% on");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, { tag: colorScheme === "dark" ? REST : [] }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("axe finds no barrier in the charts, nor in their tables", async ({ page }) => {
      await withMeasured(page);
      await page.goto("/model");
      await expect(page.getByRole("heading", { level: 2, name: "Where to draw the line" })).toBeVisible();
      for (const summary of await page.getByText("As a table").all()) await summary.click();
      await expectNoBarriers(page);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("the charts fit", { tag: REST }, async ({ page }) => {
    await withMeasured(page);
    await page.goto("/model");
    await expect(page.getByRole("heading", { level: 2, name: "Where to draw the line" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  });
});
