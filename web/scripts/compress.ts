/** Writes .br and .gz files for every file of the build that they make smaller; the server sends them as they are. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const BUILD = join(import.meta.dirname, "../../src/valence/server/static");
const COMPRESSIBLE = /\.(js|css|svg|json|txt)$/;

for (const name of readdirSync(BUILD, { recursive: true, encoding: "utf8" })) {
  if (!COMPRESSIBLE.test(name)) continue;
  const path = join(BUILD, name);
  const content = readFileSync(path);
  const packed = {
    br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    gz: gzipSync(content, { level: 9 }),
  };
  for (const [ending, bytes] of Object.entries(packed)) {
    if (bytes.length < content.length * 0.95) writeFileSync(`${path}.${ending}`, bytes);
  }
}
