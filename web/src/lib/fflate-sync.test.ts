import { expect, it } from "vitest";

import { strFromU8, strToU8, unzip, zip } from "./fflate-sync";

it("packs and unpacks without workers", () => {
  let archive = new Uint8Array();
  zip({ "a.txt": strToU8("a".repeat(1_000_000)) }, (error, packed) => {
    expect(error).toBeNull();
    archive = new Uint8Array(packed);
  });
  expect(archive.length).toBeGreaterThan(100);
  let length = 0;
  unzip(archive, (error, files) => {
    expect(error).toBeNull();
    length = strFromU8(files["a.txt"]!).length;
  });
  expect(length).toBe(1_000_000);
});
