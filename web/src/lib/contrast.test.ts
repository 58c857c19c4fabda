/** The contrast ratios of both schemes by WCAG 2.2, because axe runs in one scheme only. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

const STYLES = readFileSync(join(import.meta.dirname, "../styles.css"), "utf8");
const TEXT_RATIO = 4.5; // success criterion 1.4.3
const TEXT = ["ink", "ink-soft", "accent", "left", "right"];
const SURFACES = ["paper", "sheet", "well"];
const PAIRS = [
  ...SURFACES.flatMap((surface) => TEXT.map((text) => [text, surface] as const)),
  ["left", "left-wash"],
  ["right", "right-wash"],
  ["ink", "left-wash"],
  ["ink", "right-wash"],
  ["on-accent", "accent"],
  ["paper", "ink"],
] as const;

/** Name of a custom property -> its colour as #rrggbb. */
function coloursOf(scheme: string): Map<string, string> {
  const block = new RegExp(`color-scheme: ${scheme};([^}]*)\\}`).exec(STYLES)?.[1] ?? "";
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", colour = ""]) => [name, colour]),
  );
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

test("computes the ratio of the WCAG", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

for (const scheme of ["light", "dark"]) {
  test.each(PAIRS)(`in ${scheme} colours %s can be read on %s`, (text, surface) => {
    const colours = coloursOf(scheme);
    expect(contrast(colours.get(text) ?? "", colours.get(surface) ?? "")).toBeGreaterThanOrEqual(TEXT_RATIO);
  });
}
