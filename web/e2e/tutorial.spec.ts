/** Chapter 4 of the tutorial in a browser: everything that it tells people to press, in its order, and its requests. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Locator, Page } from "@playwright/test";

import { savePicture } from "./support/picture.ts";
import { startServer } from "./support/server.ts";
import { expect, expectNoAxeViolations, test } from "./support/test.ts";
import { figure, FITTED } from "./support/train-page.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const TUTORIAL = join(DOCS, "tutorial");
const CHAPTER = readFileSync(join(TUTORIAL, "4-your-own-labels.md"), "utf8");
const ADDRESS = "http://127.0.0.1:8000";
/** `npm run pictures` takes the chapter’s pictures while the test runs. */
const TAKES_PICTURES = process.env["VALENCE_PICTURES"] !== undefined;
const WRITTEN_BOLD = ["bold"]; // and pressed by nobody

const all = (pattern: RegExp) => [...CHAPTER.matchAll(pattern)].map((match) => match.slice(1));

/** What the chapter says to press, in order. */
const TO_PRESS = all(/\*\*(.+?)\*\*/g)
  .flat()
  .filter((name) => !WRITTEN_BOLD.includes(name));
/** Its requests with what they print. */
const REQUESTS = all(/^\$ (curl .+)\n(.+)$/gm);

test.use({ baseURL: undefined }); // it starts its own server, with an empty database

class Reader {
  private readonly toPress = [...TO_PRESS];
  private readonly requests = [...REQUESTS];

  private readonly page: Page;
  private readonly url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
  }

  /** Presses what the chapter names next, and confirms if the page asks. */
  async press(name: string, within: Page | Locator = this.page): Promise<void> {
    expect(name).toBe(this.toPress.shift());
    await within
      .getByRole("button", { name, exact: true })
      .or(within.getByRole("link", { name, exact: true }))
      .or(within.getByRole("tab", { name, exact: true }))
      .first()
      .click(FITTED);
  }

  async confirm(name: string): Promise<void> {
    await this.page.getByRole("alertdialog").getByRole("button", { name }).click();
  }

  type(text: string, label: string): Promise<void> {
    expect(CHAPTER).toContain(`\`${text}\``);
    return this.page.getByLabel(label, { exact: true }).fill(text);
  }

  drop(file: string): Promise<void> {
    expect(CHAPTER).toContain(`](${file})`);
    return this.page.getByLabel("File with texts").setInputFiles(join(TUTORIAL, file));
  }

  /** Sends the chapter’s next request and compares what it prints, in which ... may be anything. */
  request(): void {
    const [command = "", shown = ""] = this.requests.shift() ?? [];
    const printed = execFileSync("bash", ["-c", command.replace(ADDRESS, this.url)], { encoding: "utf8" });
    const words = shown.split("...").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    expect(printed.trim()).toMatch(new RegExp(`^${words.join(".*")}$`, "s"));
  }

  async picture(of: Locator, name: string): Promise<void> {
    expect(CHAPTER).toContain(`](../images/teach/${name}.webp)`);
    if (TAKES_PICTURES) await savePicture(of, join(DOCS, "images/teach", `${name}.webp`));
  }

  finish(): void {
    expect([this.toPress, this.requests]).toEqual([[], []]);
  }
}

const step = (page: Page, name: string) => page.getByRole("region", { name: new RegExp(`${name}$`) });
const row = (page: Page, text: string) =>
  page
    .getByRole("region", { name: "Labels that look wrong" })
    .getByRole("listitem")
    .filter({ hasText: text });

test("the tutorial’s chapter on your own labels", async ({ page }) => {
  test.setTimeout(480_000); // five fits, on a busy machine
  const server = await startServer();
  const reader = new Reader(page, server.url);
  try {
    expect(CHAPTER).toContain("To sign in as its owner, open this address once: ");
    const address = /open this address once: (\S+)/;
    await expect.poll(() => server.printed()).toMatch(address);
    await page.goto(address.exec(server.printed())?.[1] ?? "");
    await reader.press("Teach it your own labels");
    await reader.type("My forum", "Name");
    await reader.press("Create classifier");

    await reader.drop("comments.csv");
    await expect(page.getByRole("button", { name: "Add 124 examples" })).toBeVisible();
    await reader.press("Add 124 examples");
    await expect(figure(page)).toBeVisible(FITTED);
    await reader.type("You are an idiot, get lost.", "Try a sentence");
    await expect(page.getByText(/^removed (over )?[\d.]+%$/)).toBeVisible();
    await reader.picture(step(page, "Live result"), "result");

    for (const [text, name] of [
      ["Thank you for the long answer", "Change to kept"],
      ["Get lost, troll.", "Change to removed"],
    ] as const) {
      await reader.press(name, row(page, text));
      await expect(row(page, text)).toBeHidden(FITTED);
      await expect(page.getByText("still being fitted")).toBeHidden(FITTED);
    }
    await reader.press("Publish version 1");
    await expect(page.getByText("Version 1 of my-forum is published.")).toBeVisible();
    reader.request();
    reader.request();

    await reader.drop("more-comments.csv");
    await reader.press("Add 32 examples");
    await expect(page.getByRole("button", { name: "Publish version 2" })).toBeVisible(FITTED);
    await reader.press("Versions");
    await reader.press("Compare with version 1");
    const comparison = step(page, "Version 2 compared with version 1");
    await expect(comparison).toContainText(/accuracy [+-][\d.]+ points .* on \d+ test examples/, FITTED);
    await expectNoAxeViolations(page);
    await reader.picture(comparison, "comparison");
    await reader.press("Publish version 2");
    await reader.confirm("Publish version 2");
    const versions = page.getByRole("list", { name: "Versions" }).getByRole("listitem");
    await expect(versions.first()).toContainText("published");
    reader.request();
    await reader.press("Go back to version 1");
    await reader.confirm("Publish version 1");
    await expect(versions.nth(1)).toContainText("published");
    reader.request();

    const download = page.waitForEvent("download");
    await reader.press("Download");
    expect((await download).suggestedFilename()).toBe("my-forum-2.zip");
    reader.finish();

    await page.goto(`${server.url}/c/my-forum`); // the address to share
    await expect(page.getByLabel("Model")).toHaveValue("my-forum");
    await page.getByLabel("Your text").fill("You are an idiot.");
    await expect(page.getByRole("region", { name: "Answer" })).toContainText(/removed/i);
  } finally {
    await page.close(); // it would go on asking
    await server.stop();
  }
});
