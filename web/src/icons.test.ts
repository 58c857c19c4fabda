import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

const PUBLIC = join(process.cwd(), "public");
const page = readFileSync(join(process.cwd(), "index.html"), "utf8");

/** What a link preview or a home screen asks for; both are loaded over the phone's network. */
test.each([
  ["apple-touch-icon.png", 180, 180, 20_000],
  ["preview.png", 1200, 630, 80_000],
])("%s is a PNG of %i by %i that the page names", (name, width, height, mostBytes) => {
  const picture = readFileSync(join(PUBLIC, name));
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([width, height]);
  expect(picture.length).toBeLessThan(mostBytes);
  expect(page).toContain(name);
});
