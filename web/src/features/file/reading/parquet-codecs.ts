/** hyparquet has its own Snappy; that of hyparquet-compressors is WebAssembly, which the page's policy forbids. */
export { decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
