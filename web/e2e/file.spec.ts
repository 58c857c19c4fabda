import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";

import writeExcel from "write-excel-file/universal";

import { REVIEWS, choose, rows, finished, score, contentOf } from "./support/file-page.ts";
import { expect, expectNoAxeViolations, FULL, test } from "./support/test.ts";

const caseFile = (name: string) => readFileSync(join(import.meta.dirname, "../../tests/tables/cases", name));

test("a file is scored, and only its texts are sent to the model", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/predict")) sent.push(request.postData() ?? "");
  });
  await page.goto("/");
  await page.getByRole("link", { name: "Files" }).click();
  await choose(page, "reviews.csv", REVIEWS);
  await expect(page.getByRole("radio", { name: "review" })).toBeChecked();
  await score(page);
  await finished(page);

  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).nth(0)).toContainText(/positive.*A wonderful/);
  await expect(rows(page).nth(1)).toContainText(/negative.*A dull/);
  await expect(page.getByText("1 row is empty and has no score.")).toBeVisible();
  expect(sent.join("")).not.toContain("Ann");
  await expect(page).toHaveTitle("Files · Valence");

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download 4 rows" }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe("reviews-scored.csv");
  const lines = (await contentOf(download)).split("\r\n");
  expect(lines[0]).toMatch(
    /^\ufeffid,review,by,predicted_label,predicted_probability,predicted_sure,predicted_error,/,
  );
  expect(lines[1]).toMatch(/^1,"A wonderful, moving and brilliant film.",Ann,positive,0\.\d{6},true,,/);
  expect(lines[3]).toMatch(/^3,,Cy,,,,text-empty,,/);
  expect(lines[4]).toMatch(/^4,"'=HYPERLINK/);
});

test("a dropped file's most negative row opens, and links to its words", async ({ page }) => {
  await page.goto("/many");
  await expect(page.getByText("Drop a file here")).toBeVisible();
  const data = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "dropped.csv"));
    return transfer;
  }, REVIEWS);
  await page.getByText("Drop a file here").dispatchEvent("drop", { dataTransfer: data });
  await score(page);
  await finished(page);
  await page.getByRole("button", { name: "Open the most negative" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("A dull, boring and awful film.");
  await page.keyboard.press("ArrowRight");
  await expect(dialog).not.toContainText("A dull");
  await page.keyboard.press("ArrowLeft");
  await dialog.getByRole("link", { name: "See which words matter" }).click();
  await expect(page.getByRole("textbox", { name: "Your text" })).toHaveValue(
    "A dull, boring and awful film.",
  );
  await page.goBack();
  await expect(dialog).toContainText("A dull, boring and awful film."); // the row and the order are restored
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("combobox", { name: "Sort by" })).toHaveValue("label:negative");
  await expect(rows(page)).toHaveCount(4);
});

test(
  "a hundred thousand rows of over 20 MB are read, scored in part, scrolled and searched",
  { tag: FULL },
  async ({ page }) => {
    const filler =
      "It was this and that, and then it was something else altogether, and so it went on. ".repeat(3);
    const lines = Array.from({ length: 100_000 }, (_, i) => `Comment ${i}. ${filler}`).join("\n");
    expect(lines.length).toBeGreaterThan(20_000_000);
    await page.goto("/many");
    await choose(page, "large.txt", lines);
    await expect(page.getByText("more than 1,000 rows, 1 column")).toBeVisible();
    await score(page);
    await expect(page.getByText(/texts\/s, .* left/)).toBeVisible();
    const table = page.getByRole("grid", { name: "Scored rows" });
    await table.focus();
    await page.keyboard.press("End");
    await expect(rows(page).last()).toContainText("Comment 99999.");
    expect(await rows(page).count()).toBeLessThan(60); // only visible rows are in the document
    await page.getByRole("searchbox").fill("comment 4242.");
    await expect(page.getByText("1 of 100,000 rows")).toBeVisible();
    await page.getByRole("button", { name: "Stop" }).click();
    await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  },
);

test.describe("an overloaded server", () => {
  test.use({ callsFail: true });

  test("is waited for, without losing scores", async ({ page }) => {
    let refusals = 0;
    await page.route("**/api/v1/predict", (route) => {
      if (refusals >= 2) return route.continue();
      refusals += 1;
      return route.fulfill({
        status: 503,
        headers: { "Retry-After": "2" },
        contentType: "application/problem+json",
        json: {
          type: "",
          title: "The server has more work than it takes",
          status: 503,
          detail: "Ask again.",
          code: "overloaded",
          errors: [],
        },
      });
    });
    await page.goto("/many");
    await choose(page, "reviews.csv", REVIEWS);
    await score(page);
    await expect(page.getByRole("alert")).toContainText("Resuming automatically");
    await finished(page);
    await expect(page.getByRole("alert")).toBeHidden();
  });
});

test.describe("an unreadable file", () => {
  test.use({ callsFail: true });

  test("shows why, and what to do", async ({ page }) => {
    await page.goto("/many");
    await choose(page, "table.xlsx", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]));
    await expect(page.getByRole("alert")).toContainText("is damaged or incomplete");
    await page.getByRole("button", { name: "Choose another file" }).click();
    await choose(page, "<img src=x onerror=alert(1)>.txt", Buffer.from([0x63, 0x61, 0x66, 0xe9]));
    await expect(page.getByRole("alert")).toContainText("<img src=x onerror=alert(1)>.txt");
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Read as Western European (Windows-1252)" }).click();
    await expect(page.getByRole("cell", { name: "café" })).toBeVisible();
  });
});

test("every kind of file is read", async ({ page }) => {
  const kinds: [file: string, content: Buffer, cell: string, fact: string][] = [
    ["28c_workbook.xlsx", caseFile("28c_workbook.xlsx"), "Schöne Grüße aus Köln 0", "Excel workbook"],
    ["28_archive.zip", caseFile("28_archive.zip"), "please everybody", "train.csv from a zip archive"],
    ["a.csv.gz", gzipSync("id,text\n1,From gzip\n"), "From gzip", "unpacked from gzip"],
    [
      "a.csv.zst",
      zstdCompressSync("id,text\n1,From Zstandard\n"),
      "From Zstandard",
      "unpacked from Zstandard",
    ],
    ["30_prodigy.jsonl", caseFile("30_prodigy.jsonl"), "great phone", "exported from Prodigy"],
    ["04_sep_line.csv", caseFile("04_sep_line.csv"), "", "Separator"],
    ["25_fasttext.txt", caseFile("25_fasttext.txt"), "", "fastText"],
  ];
  await page.goto("/many");
  for (const [name, content, cell, fact] of kinds) {
    await choose(page, name, content);
    await expect(page.getByRole("cell", { name: new RegExp(cell) }).first()).toBeVisible();
    await expect(page.getByRole("group", { name: "How the file is read" })).toContainText(fact);
    await page.getByRole("button", { name: "New file" }).click();
  }
});

test("a workbook with several sheets says which one is read, and reads another with one click", async ({
  page,
}) => {
  const sheet = (name: string, text: string) => ({
    sheet: name,
    data: [
      [{ value: "id" }, { value: "text" }],
      [{ value: 1 }, { value: text }],
    ],
  });
  const workbook = await writeExcel([sheet("May", "A fine film"), sheet("June", "A dull film")]).toBlob();
  const notes = page.getByRole("list", { name: "About this file" });
  await page.goto("/many");
  await choose(page, "two.xlsx", Buffer.from(await workbook.arrayBuffer()));
  await expect(notes).toContainText("Sheet 'May' was read; also filled: 'June'.");
  await expectNoAxeViolations(page);
  await page.getByRole("combobox", { name: "Sheet" }).selectOption("June");
  await expect(page.getByRole("cell", { name: "A dull film" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Sheet" })).toHaveValue("June");
  await expect(notes).not.toContainText("also filled");
});

test("reading that takes long is shown and can be cancelled, and another file be chosen", async ({
  page,
}) => {
  const progress = page.getByRole("progressbar", { name: "Reading the file" });
  await page.route("**/api/v1/files/preview", () => undefined, { times: 1 }); // never answers
  await page.goto("/many");
  await choose(page, "slow.csv", REVIEWS);
  await expect(progress).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(progress).toBeHidden();
  await choose(page, "reviews.csv", REVIEWS);
  await expect(page.getByRole("radio", { name: "review" })).toBeChecked();
});

test("posts are scored without their quotes, unless the switch says otherwise", async ({ page }) => {
  const posts = [
    "id,post",
    '1,"> A wonderful, moving film.\n\nA dull, boring and awful film."',
    '2,"> Fine.\n\nNot at all."',
  ].join("\n");
  const asked: string[][] = [];
  page.on("request", (request) => {
    if (!request.url().endsWith("/predict")) return;
    asked.push((request.postDataJSON() as { texts: string[] }).texts);
  });
  const clean = page.getByRole("checkbox", { name: "Leave out quotes, code and signatures" });
  await page.goto("/many");
  await choose(page, "posts.csv", posts);
  await expect(clean).toBeChecked();
  await expect(page.getByRole("cell", { name: "A dull, boring and awful film.", exact: true })).toBeVisible();
  await score(page);
  await finished(page);
  expect(asked).toEqual([["A dull, boring and awful film.", "Not at all."]]);

  await page.getByRole("button", { name: "New file" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await choose(page, "posts.csv", posts);
  await expect(clean).toBeChecked();
  await clean.press("Space");
  await expect(page.getByRole("cell", { name: /^> A wonderful/ })).toBeVisible();
  await score(page);
  await finished(page);
  expect(asked[1]).toEqual([
    "> A wonderful, moving film.\n\nA dull, boring and awful film.",
    "> Fine.\n\nNot at all.",
  ]);
});

test("what was understood is changed with one click, and bad rows are skipped with another", async ({
  page,
}) => {
  const how = page.getByRole("group", { name: "How the file is read" });
  await page.goto("/many");
  await choose(page, "odd.csv", "text;label\nA fine film;a\nA dull film;b\nOne cell;too;many\nNone;a\n");
  await expect(page.getByRole("alert")).toContainText("line 4: 3 cell(s), but the table has 2 columns.");
  await expect(page.getByRole("button", { name: "Score 3 rows" })).toBeDisabled();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Skip bad rows" }).click();
  await expect(page.getByText("Rows that cannot be read: 1")).toBeVisible();
  await expect(page.getByRole("list", { name: "About this file" })).toContainText(
    "Labels in “label”: a 2 b 1",
  );
  await page.getByRole("button", { name: "Leave out “None”" }).click();
  await expect(page.getByRole("checkbox", { name: "Leave out None" })).toBeChecked();
  await expect(page.getByText("Rows that have no text: 1")).toBeVisible();
  await expectNoAxeViolations(page);

  const separator = how.getByRole("combobox", { name: "Separator" });
  await separator.focus();
  await separator.selectOption("comma");
  await expect(page.getByRole("radio", { name: "text;label" })).toBeChecked();
  await expect(separator).toBeFocused(); // the file is read again around the focus
  await separator.selectOption("semicolon");
  await expect(page.getByRole("radio", { name: "text", exact: true })).toBeChecked();
  await page.getByRole("checkbox", { name: "Skip bad rows" }).click();
  await expect(page.getByRole("alert")).toContainText("line 4: 3 cell(s)");
});

test("results are downloaded as an Excel workbook, which is read again", async ({ page }) => {
  // So many that a library would start workers of its own, which the page's policy forbids.
  const lines = Array.from({ length: 3000 }, (_, i) => `${i};"A wonderful film, ${Math.sin(i)}.";=1+${i}`);
  const answer = (await (
    await page.request.post("/api/v1/predict", { data: { texts: ["x"] } })
  ).json()) as object;
  await page.route("**/api/v1/predict", (route) => {
    const { texts } = route.request().postDataJSON() as { texts: string[] };
    const error = { code: "text-too-long", detail: "Not asked here." };
    return route.fulfill({
      json: { ...answer, results: texts.map(() => ({ kind: "error", error })) },
    });
  });
  await page.goto("/many");
  await choose(page, "films.csv", ["id;text;formula", ...lines].join("\n"));
  await score(page);
  await finished(page);
  await page.getByRole("combobox", { name: "Format" }).selectOption("Excel (.xlsx)");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download 3,000 rows" }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe("films-scored.xlsx");
  await page.getByRole("button", { name: "New file" }).click();
  await page.getByLabel("File with texts").setInputFiles(await download.path());
  await expect(page.getByText("more than 1,000 rows, 9 columns")).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "predicted_error" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "=1+0" })).toBeVisible();
});

test("works by keyboard alone", async ({ page }) => {
  const table = page.getByRole("grid", { name: "Scored rows" });
  const dialog = page.getByRole("dialog");
  await page.goto("/many");
  const example = page.getByRole("button", { name: /Try an example/ });
  await expect(example).toBeEnabled();
  await example.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Which column contains the texts?" })).toBeVisible();
  await page.getByRole("radio", { name: "review" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await finished(page);
  await page.getByRole("button", { name: "Open the most negative" }).focus();
  await page.keyboard.press("Tab"); // the table is one tab stop
  await expect(table).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Row 2" })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(dialog.getByRole("heading", { name: "Row 3" })).toBeVisible();
  // No wait: the focus must return to the table synchronously.
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("heading", { name: "Row 4" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "Open the most negative" })).toBeFocused();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, { tag: colorScheme === "dark" ? FULL : [] }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" }, callsFail: true });

    test("has no axe violations in any state", async ({ page }) => {
      await page.goto("/many");
      await expect(page.getByText("Drop a file here")).toBeVisible();
      await expectNoAxeViolations(page);
      await choose(page, "reviews.csv", `${REVIEWS}\n5\n`);
      await expect(page.getByRole("alert")).toContainText("line 6: 1 cell(s)");
      await expectNoAxeViolations(page);
      await page.getByRole("button", { name: "Skip bad rows" }).click();
      await expect(page.getByText("Rows that cannot be read: 1")).toBeVisible();
      await expectNoAxeViolations(page);
      await score(page);
      await finished(page);
      await page.getByText("Show as table").click();
      await expectNoAxeViolations(page);
      await page.getByRole("button", { name: "Open the most negative" }).click();
      await expectNoAxeViolations(page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "New file" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await expectNoAxeViolations(page);
      await page.getByRole("button", { name: "Discard" }).click();
      await choose(page, "empty.txt", " ");
      await expect(page.getByRole("alert")).toContainText("is empty");
      await expectNoAxeViolations(page);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("every step fits", { tag: FULL }, async ({ page }) => {
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.goto("/many");
    await choose(page, `${"long-name-".repeat(12)}.csv`, REVIEWS);
    await expect(page.getByRole("radio", { name: "review" })).toBeVisible();
    expect(await overflow()).toBe(0);
    await score(page);
    await finished(page);
    expect(await overflow()).toBe(0);
    await rows(page).first().tap();
    await expect(page.getByRole("dialog")).toContainText("A wonderful");
    expect(await overflow()).toBe(0);
    await expectNoAxeViolations(page);
  });
});
