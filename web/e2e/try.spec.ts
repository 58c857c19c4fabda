import { readFileSync } from "node:fs";

import { answer, expect, field, FULL, test, textAt, unsureText, verdict } from "./support/test.ts";

const PRAISE = "A wonderful, moving and brilliant film.";
const BLAME = "A dull, boring and awful film.";

test("scores while typing", async ({ page }) => {
  await page.goto("/");
  await field(page).pressSequentially(PRAISE, { delay: 15 });
  await expect(verdict(page)).toContainText("Positive");
  await expect(answer(page).getByRole("meter")).toHaveAttribute("aria-valuetext", /9\d.*positive/);
  await field(page).fill(BLAME);
  await expect(verdict(page)).toContainText("Negative");
  await expect(page).toHaveTitle("Try it · Valence");
});

test("starts from an example", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /^Praise/ }).click();
  await expect(verdict(page)).toContainText("Positive");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(field(page)).toHaveValue("");
  await expect(page.getByRole("button", { name: /^Praise/ })).toBeVisible();
});

test("says when it is not sure, and what that means", async ({ page, url }) => {
  await page.goto(textAt(await unsureText(url)));
  await expect(verdict(page)).toContainText(/Not sure\s*leans (positive|negative), \d\d/);
  await expect(answer(page)).toContainText("A person should decide.");
});

test("marks influential words in the field, and shows their effect on hover", async ({ page }) => {
  await page.goto(textAt("The film is wonderful."));
  const word = page.locator("[data-start]", { hasText: /^wonderful$/ });
  await expect(word).toHaveAttribute("data-side", "right");
  const list = answer(page).getByRole("heading", { name: "For positive" }).locator("..");
  await expect(list.getByRole("listitem").first()).toContainText("wonderful");
  const box = await word.boundingBox();
  if (!box) throw new Error("The mark has no place on the page.");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(word).toHaveAttribute("data-tip", /^×[\d.]+\+? for positive/);
  await expect(list.getByRole("listitem").first()).toHaveAttribute("data-highlighted", "true");
});

test("saves the answer with its marks as a picture", async ({ page }) => {
  for (const [text, colour] of [
    ["The film is wonderful.", "#3f8fdc"],
    ["The film is dull.", "#e0752a"],
  ] as const) {
    await page.goto(textAt(text));
    await expect(page.locator("[data-start]").first()).toBeVisible();
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save picture" }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe("valence.png");
    const png = readFileSync(await download.path());
    const shown = await page.evaluate(pixelsOf, [`data:image/png;base64,${png.toString("base64")}`, colour]);
    expect(shown).toMatchObject({ width: 1200, height: 630 });
    expect(shown.marked).toBeGreaterThan(100);
  }
});

/** The size of a picture, and how many of its pixels have a colour. */
async function pixelsOf([source = "", colour = ""]: readonly string[]) {
  const image = new Image();
  image.src = source;
  await image.decode();
  const { width, height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  if (!context) throw new Error("This browser can’t draw.");
  context.drawImage(image, 0, 0);
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const { data } = context.getImageData(0, 0, width, height);
  let marked = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (wanted.every((value, i) => data[at + i] === value)) marked += 1;
  }
  return { width, height, marked };
}

test("breaks lines in the field and the marks alike", { tag: FULL }, async ({ page }) => {
  await page.goto(textAt(`${PRAISE} ${BLAME}\n\n${"long".repeat(60)} ${PRAISE}\n`));
  await expect(verdict(page)).toBeVisible();
  const heights = await page.evaluate(() => {
    const area = document.querySelector("textarea");
    const marks = area?.previousElementSibling;
    return [area?.scrollHeight, marks?.getBoundingClientRect().height].map((height) =>
      Math.round(height ?? 0),
    );
  });
  expect(heights[0]).toBe(heights[1]);
});

test("treats markup as text", async ({ page }) => {
  const text = `<script>document.title = "taken"</script><img src=x onerror="document.title='taken'"> & </textarea> wonderful`;
  await page.goto(textAt(text));
  await expect(verdict(page)).toBeVisible();
  await expect(field(page)).toHaveValue(text);
  await expect(page).toHaveTitle("Try it · Valence");
});

test("handles emoji and right-to-left text", { tag: FULL }, async ({ page }) => {
  const text = "😀👩‍👩‍👧 wonderful סרט נהדר مرحبا 🎬";
  await page.goto(textAt(text));
  await expect(page.locator("[data-start]", { hasText: /^wonderful$/ })).toBeVisible();
  await field(page).fill("סרט wonderful");
  await expect(verdict(page)).toBeVisible();
  await expect(page.locator("textarea")).toHaveCSS("direction", "rtl");
});

test("treats spaces as no text", { tag: FULL }, async ({ page }) => {
  await page.goto("/");
  await field(page).fill("   \n ");
  await expect(page.getByRole("button", { name: /^Praise/ })).toBeVisible();
});

test.describe("a rejected text", () => {
  test.use({ callsFail: true });

  test("shows what to do if it is too long", async ({ page }) => {
    await page.goto("/");
    await field(page).fill("too long ".repeat(2500));
    await expect(page.getByRole("alert")).toContainText("This text is too long");
    await expect(page.getByText(/of 20,480 characters/)).toBeVisible();
    await field(page).fill(PRAISE);
    await expect(verdict(page)).toContainText("Positive");
    await expect(page.getByRole("alert")).toBeHidden();
  });
});

test("the start of a long text can be scored", async ({ page }) => {
  await page.goto("/");
  await field(page).fill("A dull and boring film. ".repeat(1250));
  await page.getByRole("button", { name: "Score the first 20,480 characters" }).click();
  await expect(answer(page)).toBeFocused();
  await expect(verdict(page)).toContainText("Negative", { timeout: 60_000 });
});

test.describe("an overloaded server", () => {
  test.use({ callsFail: true });

  test("shows no outdated answer, and gets no request before Retry-After", async ({ page }) => {
    await page.goto(textAt(PRAISE));
    await expect(verdict(page)).toContainText("Positive");
    let refused = 0;
    await page.route("**/api/v1/predict", (route) => {
      refused += 1;
      return route.fulfill({ status: 429, headers: { "Retry-After": "3600" }, body: "" });
    });
    await field(page).fill("You are a disgusting liar.");
    await expect(page.getByRole("alert")).toContainText("Too many requests");
    await expect(verdict(page)).toHaveCount(0);
    await expect(page.locator("[data-start]")).toHaveCount(0);
    await field(page).fill("You are a disgusting liar, and a bore.");
    await expect(page).toHaveURL(/bore/); // the text has settled
    await expect(page.getByRole("alert")).toContainText("Too many requests");
    expect(refused).toBe(1);
  });
});

test(
  "reads a long text in windows, the verdict first and the words then",
  { tag: FULL },
  async ({ page }) => {
    await page.goto("/");
    await field(page).fill(`${"The story was this and that. ".repeat(120)} ${PRAISE}`);
    await expect(answer(page)).toContainText(/in \d+ overlapping windows/);
    await expect(answer(page).getByRole("heading", { level: 3, name: "For positive" })).toBeVisible({
      timeout: 60_000,
    });
  },
);

test("shares its state by link and code", async ({ page, context }) => {
  await page.goto("/");
  await field(page).fill(PRAISE);
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await expect(field(other)).toHaveValue(PRAISE);
  await expect(verdict(other)).toContainText("Positive");
  await page.getByRole("tab", { name: "Python" }).click();
  await page.getByRole("tabpanel").getByRole("button", { name: "Copy" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("urlopen");
});

test("goes back and forth without losing the text", async ({ page }) => {
  await page.goto(textAt(PRAISE));
  await expect(verdict(page)).toContainText("Positive");
  await page.getByRole("link", { name: "Model" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Results" })).toBeVisible();
  await page.goBack();
  await expect(field(page)).toHaveValue(PRAISE);
});
