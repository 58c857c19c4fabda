/**
 * Loads no Brotli, whose dictionary is larger than the rest of the reader, and no Snappy, because hyparquet has its own:
 * that of hyparquet-compressors is WebAssembly, which the page's policy forbids.
 */
import { decompress } from "fzstd";
import type { Compressors } from "hyparquet";
import { gunzip } from "hyparquet-compressors/src/gzip.js";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors/src/lz4.js";

export const codecs: Compressors = {
  GZIP: (input, length) => gunzip(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
  ZSTD: (input) => decompress(input),
};
