/** The file page: choose a file, score it, and read the results. */
import type { Download, Page } from "@playwright/test";

import { expect } from "./test.ts";

export const REVIEWS = [
  "id,review,by",
  '1,"A wonderful, moving and brilliant film.",Ann',
  '2,"A dull, boring and awful film.",Ben',
  '3,"",Cy',
  '4,"=HYPERLINK(""http://evil.example"",""wonderful"")",<script>document.title="taken"</script>',
].join("\n");

export const choose = (page: Page, name: string, content: string | Buffer) =>
  page
    .getByLabel("File with texts")
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
export const rows = (page: Page) =>
  page.getByRole("grid", { name: "Scored rows" }).getByRole("rowgroup").getByRole("row");
export const finished = (page: Page) =>
  expect(page.getByRole("status").filter({ hasText: /^All/ })).toBeAttached();

export async function score(page: Page) {
  await page.getByRole("button", { name: /^Score ([\d,]+|all) row/ }).click();
}

export async function contentOf(download: Download): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
