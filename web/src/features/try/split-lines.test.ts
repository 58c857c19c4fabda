import { expect, test } from "vitest";

import { splitLines } from "./split-lines";

test.each([
  ["its own lines", "One.\r\n\n  Two.\rThree.", 20, ["One.", "Two.", "Three."]],
  [
    "a long line after a sentence",
    "It began well. It ended badly.",
    20,
    ["It began well.", "It ended badly."],
  ],
  ["a long sentence after a word", "so it went on and on", 12, ["so it went", "on and on"]],
  ["a long word anywhere, no character in two", "😀😀😀😀😀", 2, ["😀😀", "😀😀", "😀"]],
  ["nothing of an empty text", " \n ", 20, []],
])("gives %s", (_, text, most, lines) => {
  expect(splitLines(text, most)).toEqual(lines);
});
