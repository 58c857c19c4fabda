/** The lists of tests/tables/cases/words.json, which the commands are tested on too. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { alikeLabels, meansNothing } from "./noticed";

const PATH = join(import.meta.dirname, "../../../tests/tables/cases/words.json");
const words = JSON.parse(readFileSync(PATH, "utf8")) as {
  missing: string[];
  present: string[];
  alike: string[][];
  different: string[][];
};

it("knows the words for a missing value", () => {
  expect(words.missing.filter((word) => !meansNothing(word))).toEqual([]);
  expect(words.present.filter(meansNothing)).toEqual([]);
});

it("knows the labels that look alike", () => {
  expect(words.alike.map(alikeLabels)).toEqual(words.alike.map((names) => [names]));
  expect(words.different.flatMap(alikeLabels)).toEqual([]);
});
